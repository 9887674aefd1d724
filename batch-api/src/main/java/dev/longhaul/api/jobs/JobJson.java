package dev.longhaul.api.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.longhaul.store.Job;
import dev.longhaul.store.Page;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A job as it is shown; every key is always there. */
@Schema(name = "Job")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
record JobJson(
        String id,
        @Schema(enumeration = "job") String object,
        @Nullable String name,
        // Jackson would call the accessor of a name with "is" by the rest alone.
        @JsonProperty("is_default") boolean isDefault,
        @Nullable String endpoint,
        @Nullable String model,
        @Nullable String completionWindow,
        int priority,
        boolean singleModel,
        LimitsJson limits,
        long createdAt) {
    static JobJson of(Job job) {
        Job.Terms terms = job.terms();
        return new JobJson(
                job.id(),
                "job",
                terms.name(),
                job.isDefault(),
                terms.endpoint(),
                terms.model(),
                terms.completionWindow(),
                terms.priority(),
                terms.singleModel(),
                new LimitsJson(terms.maxLines()),
                job.createdAt().getEpochSecond());
    }

    /** Bounds of each batch. */
    @Schema(name = "JobLimits")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record LimitsJson(@JsonProperty("max_lines") @Nullable Long maxLines) {}

    /** A list. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "JobList")
    record ListJson(
            @Schema(enumeration = "list") String object,
            List<JobJson> data,
            @Nullable String firstId,
            @Nullable String lastId,
            boolean hasMore) {
        static ListJson of(Page<Job> page) {
            return new ListJson(
                    "list",
                    page.items().stream().map(JobJson::of).toList(),
                    page.firstId(Job::id),
                    page.lastId(Job::id),
                    page.hasMore());
        }
    }

    /** The answer to a deletion. */
    @Schema(name = "JobDeleted")
    record DeletedJson(
            @JsonProperty String id,
            @JsonProperty @Schema(enumeration = "job") String object,
            @JsonProperty boolean deleted) {}
}
