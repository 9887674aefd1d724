package dev.longhaul.api.limits;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** The body that sets limits, as documented; {@link LimitsRequest} is what reads it. What is absent stays. */
@Schema(name = "LimitsRequest")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record LimitsBody(
        @Schema(implementation = AnyLimit.class) @Nullable Object files,
        @Schema(implementation = AnyLimit.class) @Nullable Object bytes,
        @Schema(implementation = AnyLimit.class) @Nullable Object enqueuedBatches,
        @Schema(implementation = AnyLimit.class) @Nullable Object enqueuedLines,
        @Schema(implementation = AnyLimit.class) @Nullable Object batchesPerHour) {

    /** A number or a word. */
    @Schema(
            name = "AnyLimit",
            anyOf = {Number.class, Word.class})
    interface AnyLimit {}

    /** A limit of its own. */
    @Schema(name = "LimitNumber", implementation = Long.class, minimum = "0")
    interface Number {}

    /** None, or what the configuration says. */
    @Schema(
            name = "LimitWord",
            enumeration = {"unlimited", "default"})
    enum Word {}
}
