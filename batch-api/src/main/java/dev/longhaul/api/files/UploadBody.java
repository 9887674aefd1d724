package dev.longhaul.api.files;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body that begins an upload in parts, as documented; {@link Uploads} is what reads it. */
@Schema(name = "UploadRequest")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record UploadBody(
        @Schema(minLength = 1, maxLength = 512) String filename,

        @Schema(enumeration = {"assistants", "batch", "fine-tune", "vision", "user_data", "evals"})
        String purpose,

        @Schema(minimum = "1", description = "Of all parts together.") long bytes,
        @Schema(maxLength = 512) String mimeType,
        @Nullable ExpiresAfterBody expiresAfter) {

    /** How long the file lives. */
    @Schema(name = "FileExpiresAfterRequest")
    record ExpiresAfterBody(
            @Schema(enumeration = "created_at") String anchor,
            @Schema(minimum = "3600", maximum = "2592000") long seconds) {}
}
