package dev.longhaul.api.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The form that uploads a file, as documented; {@link UploadForm} is what reads it. Its parts may be in any order. */
@Schema(name = "FileRequest")
record FileBody(
        @Schema(type = SchemaType.STRING, format = "binary") byte[] file,

        @Schema(enumeration = {"assistants", "batch", "fine-tune", "vision", "user_data", "evals"})
        String purpose,

        @JsonProperty("expires_after[anchor]") @Schema(enumeration = "created_at") @Nullable
        String anchor,

        @JsonProperty("expires_after[seconds]") @Schema(minimum = "3600", maximum = "2592000") @Nullable
        Long seconds) {}
