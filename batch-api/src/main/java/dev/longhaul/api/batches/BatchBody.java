package dev.longhaul.api.batches;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body that creates a batch, as documented; {@link CreateRequest} is what reads it. */
@Schema(name = "BatchRequest")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record BatchBody(
        @Schema(
                maxLength = 256,
                description =
                        "A file of purpose `batch`. A file that does not exist makes the batch fail, not the request.")
        String inputFileId,

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
                description = "What all its lines call. It may be left out where the job of `job_id` says it.")
        @Nullable
        String endpoint,

        @Schema(
                pattern = "^(unlimited|[0-9]{1,9}[smhd])$",
                defaultValue = "24h",
                description = "How long it may take: from `10s` to `365d`, or `unlimited`.")
        @Nullable
        String completionWindow,

        @Schema(maxProperties = 16, description = "Keys of up to 64 characters, values of up to 512.") @Nullable
        Map<String, String> metadata,

        @Nullable OutputExpiresAfterRequest outputExpiresAfter,

        @Schema(maxLength = 256, description = "The job it belongs to; the tenant's default job when absent.") @Nullable
        String jobId,

        @Schema(maxLength = 512, description = "Kept and told back.") @Nullable
        String jobName,

        @Schema(
                anyOf = {Double.class, String.class},
                description = "How many lines may fail (`10`), or which share of them (`0.05`, `\"5%\"`).")
        @Nullable
        Object maxErrors) {

    /** How long its result files live. */
    @Schema(name = "OutputExpiresAfterRequest")
    record OutputExpiresAfterRequest(
            @Schema(enumeration = "created_at") String anchor,
            @Schema(minimum = "3600", maximum = "2592000") long seconds) {}
}
