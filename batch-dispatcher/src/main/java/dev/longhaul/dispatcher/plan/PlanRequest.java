package dev.longhaul.dispatcher.plan;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What to plan.
 *
 * @param bytes the file's size; the source must yield exactly so many
 * @param endpoint the batch's endpoint, one of the API's
 * @param served whether some backend has this model; asked at each change of model
 * @param oneModelOnly whether the batch's job forbids mixing models
 * @param requiredModel the only model that the batch's job allows, or null
 * @param choice the lines to run; those left out are not looked at
 */
public record PlanRequest(
        InputSource source,
        long bytes,
        String endpoint,
        Predicate<String> served,
        boolean oneModelOnly,
        @Nullable String requiredModel,
        LineChoice choice) {
    /** A plan of all lines for a batch whose job names no model. */
    public PlanRequest(
            InputSource source, long bytes, String endpoint, Predicate<String> served, boolean oneModelOnly) {
        this(source, bytes, endpoint, served, oneModelOnly, null, LineChoice.ALL);
    }

    public PlanRequest {
        EndpointRules.of(endpoint);
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must not be negative: " + bytes);
        }
    }
}
