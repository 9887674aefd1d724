package dev.longhaul.api.jobs;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body that creates a job, as documented; {@link JobRequest} is what reads it. */
@Schema(name = "JobRequest")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record JobBody(
        @Schema(
                pattern = "^job-[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$",
                description = "One of your own; we choose one when absent.")
        @Nullable
        String id,

        @Schema(maxLength = 512) @Nullable String name,

        @Schema(
                enumeration = {
                    "/v1/responses",
                    "/v1/chat/completions",
                    "/v1/embeddings",
                    "/v1/completions",
                    "/v1/moderations",
                    "/v1/images/generations",
                    "/v1/images/edits",
                    "/v1/videos"
                },
                description = "What its batches must be for.")
        @Nullable
        String endpoint,

        @Schema(maxLength = 256, description = "The model that its batches must use.") @Nullable
        String model,

        @Schema(pattern = "^(unlimited|[0-9]{1,9}[smhd])$", description = "The window of batches that name none.")
        @Nullable
        String completionWindow,

        @Schema(minimum = "-100", maximum = "100", defaultValue = "0") @Nullable
        Integer priority,

        @Schema(defaultValue = "false", description = "Whether all lines of a batch must use the same model.") @Nullable
        Boolean singleModel,

        @Nullable LimitsBody limits) {

    /** Bounds of each batch. */
    @Schema(name = "JobLimitsRequest")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record LimitsBody(@Schema(minimum = "1") @Nullable Long maxLines) {}
}
