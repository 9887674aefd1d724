package dev.longhaul.api.files;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body that creates an upload, as documented; {@link Uploads} is what reads it. */
@Schema(name = "UploadRequest")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record UploadBody(
        @Schema(maxLength = 512) String filename,

        @Schema(enumeration = {"assistants", "batch", "fine-tune", "vision", "user_data", "evals"})
        String purpose,

        @Schema(minimum = "1", description = "Of all parts together.")
        long bytes,

        @Schema(maxLength = 512) String mimeType,
        @Nullable ExpiresAfter expiresAfter) {

    /** How long the file will live. */
    @Schema(name = "UploadExpiresAfterRequest")
    record ExpiresAfter(
            @Schema(enumeration = "created_at") String anchor,
            @Schema(minimum = "3600", maximum = "2592000") long seconds) {}

    /** The form that adds a part; {@link UploadForm} is what reads it. */
    @Schema(name = "UploadPartRequest")
    record Part(
            @Schema(type = SchemaType.STRING, format = "binary", description = "At most 64 MiB.")
            byte[] data) {}

    /** The body that completes an upload; {@link CompleteRequest} is what reads it. */
    @Schema(name = "UploadCompletionRequest")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Completion(
            @Schema(minItems = 1, maxItems = CompleteRequest.MOST_PARTS, description = "In the order of their bytes.")
            List<String> partIds,

            @Schema(pattern = "^[0-9a-fA-F]{32}$", description = "Of all bytes; verified when it is there.") @Nullable
            String md5) {}
}
