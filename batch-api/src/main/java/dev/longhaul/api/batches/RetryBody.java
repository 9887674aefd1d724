package dev.longhaul.api.batches;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body that retries a batch, as documented; {@link RetryRequest} is what reads it. */
@Schema(name = "RetryRequest")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record RetryBody(
        @Schema(
                minItems = 1,
                maxItems = 100,
                description = "Only lines that ended so: a status such as `429`, or a code such as `batch_expired`.")
        @Nullable
        List<String> errorCodes,

        @Schema(
                pattern = "^(unlimited|[0-9]{1,9}[smhd])$",
                description = "How long it may take; as long as the original when absent.")
        @Nullable
        String completionWindow,

        @Schema(maxProperties = 16, description = "The original's when absent.") @Nullable
        Map<String, String> metadata,

        @Schema(
                anyOf = {Double.class, String.class},
                description = "How many lines may fail (`10`), or which share of them (`0.05`, `\"5%\"`).")
        @Nullable
        Object maxErrors) {}
