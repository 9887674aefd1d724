package dev.longhaul.api.files;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body that completes an upload, as documented; {@link CompleteRequest} is what reads it. */
@Schema(name = "UploadCompleteRequest")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record CompleteBody(
        @Schema(minItems = 1, maxItems = 10_000, description = "All of them, in the order of their bytes.")
        List<String> partIds,

        @Schema(pattern = "^[0-9a-fA-F]{32}$", description = "Of all bytes.") @Nullable String md5) {}
