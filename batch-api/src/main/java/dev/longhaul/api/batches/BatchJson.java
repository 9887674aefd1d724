package dev.longhaul.api.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.longhaul.model.StopReason;
import dev.longhaul.model.Usage;
import dev.longhaul.store.Batch;
import dev.longhaul.store.BatchProgress;
import dev.longhaul.store.Page;
import dev.longhaul.store.ProgressStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A batch as OpenAI and its kin show it: every key is always there. */
@Schema(name = "Batch")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
record BatchJson(
        String id,
        @Schema(enumeration = "batch") String object,
        @Schema(description = "What its lines call.") String endpoint,

        @Schema(description = "The model of all its lines; null while that is unknown or where there are several.")
        @Nullable
        String model,

        @Schema(implementation = ErrorsJson.class) @JsonRawValue @Nullable
        String errors,

        String inputFileId,
        @Schema(description = "As it was asked for.") String completionWindow,

        @Schema(
                enumeration = {
                    "validating",
                    "failed",
                    "in_progress",
                    "finalizing",
                    "completed",
                    "expired",
                    "cancelling",
                    "cancelled"
                })
        String status,

        @Nullable String outputFileId,
        @Nullable String errorFileId,
        long createdAt,
        @Nullable Long inProgressAt,
        long expiresAt,
        @Nullable Long finalizingAt,
        @Nullable Long completedAt,
        @Nullable Long failedAt,
        @Nullable Long expiredAt,
        @Nullable Long cancellingAt,
        @Nullable Long cancelledAt,
        Batch.Counts requestCounts,
        UsageJson usage,
        Map<String, String> metadata,
        String jobId,
        @Nullable String jobName,

        @Schema(description = "Null unless it is paused.") @Nullable
        Long pausedAt,

        @Schema(
                description =
                        "`cancelled`, `expired` or `error_limit` when it ends before all of its lines are served.")
        @Nullable
        String stopReason,

        @Schema(description = "How many lines may fail, such as `10`, or which share of them, such as `5%`.") @Nullable
        String maxErrors,

        @Schema(description = "The batch whose failed lines it runs.") @Nullable
        String retryOf,

        ProgressJson progress) {
    static BatchJson of(Batch batch, BatchProgress progress) {
        return of(batch, progress, batch.errors());
    }

    private static BatchJson of(Batch batch, BatchProgress progress, @Nullable String errors) {
        Batch.Times times = batch.times();
        StopReason stop = batch.control().stopReason();
        return new BatchJson(
                batch.id(),
                "batch",
                batch.endpoint(),
                batch.model(),
                errors,
                batch.inputFileId(),
                batch.completionWindow(),
                batch.status().wireName(),
                batch.outputFileId(),
                batch.errorFileId(),
                times.createdAt().getEpochSecond(),
                seconds(times.inProgressAt()),
                times.expiresAt().getEpochSecond(),
                seconds(times.finalizingAt()),
                seconds(times.completedAt()),
                seconds(times.failedAt()),
                seconds(times.expiredAt()),
                seconds(times.cancellingAt()),
                seconds(times.cancelledAt()),
                batch.counts(),
                UsageJson.of(batch.usage()),
                batch.metadata(),
                batch.jobId(),
                batch.jobName(),
                seconds(batch.control().pausedAt()),
                stop == null ? null : stop.wireName(),
                batch.control().maxErrors(),
                batch.control().retryOf(),
                ProgressJson.of(batch, progress));
    }

    private static @Nullable Long seconds(@Nullable Instant time) {
        return time == null ? null : time.getEpochSecond();
    }

    /** What was wrong with the input; kept as JSON by whoever found it. */
    @Schema(name = "BatchErrors")
    record ErrorsJson(@Schema(enumeration = "list") String object, List<ErrorJson> data) {}

    /** One thing that was wrong, in a line or as a whole. */
    @Schema(name = "BatchError")
    record ErrorJson(
            String code,
            String message,
            @Nullable String param,

            @Schema(description = "Counted from 1; null where it is about no line.") @Nullable
            Long line) {}

    /** Token counts with OpenAI's nesting. */
    @Schema(name = "BatchUsage")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record UsageJson(
            long inputTokens,
            InputDetailsJson inputTokensDetails,
            long outputTokens,
            OutputDetailsJson outputTokensDetails,
            long totalTokens) {
        static UsageJson of(Usage usage) {
            return new UsageJson(
                    usage.inputTokens(),
                    new InputDetailsJson(usage.cachedTokens()),
                    usage.outputTokens(),
                    new OutputDetailsJson(usage.reasoningTokens()),
                    usage.totalTokens());
        }
    }

    @Schema(name = "BatchInputTokens")
    record InputDetailsJson(@JsonProperty("cached_tokens") long cachedTokens) {}

    @Schema(name = "BatchOutputTokens")
    record OutputDetailsJson(
            @JsonProperty("reasoning_tokens") long reasoningTokens) {}

    /** The answer to a deletion. */
    @Schema(name = "BatchDeleted")
    record DeletedJson(
            @JsonProperty String id,
            @JsonProperty @Schema(enumeration = "batch") String object,
            @JsonProperty boolean deleted) {}

    /** A list; its items carry ten errors at most, since a thousand each would be megabytes. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "BatchList")
    record ListJson(
            @Schema(enumeration = "list") String object,
            List<BatchJson> data,
            @Nullable String firstId,
            @Nullable String lastId,
            boolean hasMore) {
        static ListJson of(Page<Batch> page, ProgressStore progress) {
            Map<String, BatchProgress> all = progress.of(page.items());
            List<BatchJson> data = page.items().stream()
                    .map(batch -> BatchJson.of(
                            batch,
                            Objects.requireNonNull(all.get(batch.id())),
                            ValidationErrors.firstFew(batch.errors())))
                    .toList();
            return new ListJson("list", data, page.firstId(Batch::id), page.lastId(Batch::id), page.hasMore());
        }
    }
}
