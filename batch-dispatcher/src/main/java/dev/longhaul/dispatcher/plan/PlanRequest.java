package dev.longhaul.dispatcher.plan;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What to plan.
 *
 * @param bytes the file's size; the source must yield exactly so many
 * @param endpoint the batch's endpoint, one of the API's
 * @param models what is known of the backends' models
 * @param oneModelOnly whether the batch's job forbids mixing models
 * @param requiredModel the only model that the batch's job allows, or null
 * @param choice the lines to run; those left out are not looked at
 */
public record PlanRequest(
        InputSource source,
        long bytes,
        String endpoint,
        ModelCatalog models,
        boolean oneModelOnly,
        @Nullable String requiredModel,
        LineChoice choice) {
    /** A plan of all lines for a batch whose job names no model; {@code served} says whether a model is served at its endpoint. */
    public PlanRequest(
            InputSource source, long bytes, String endpoint, Predicate<String> served, boolean oneModelOnly) {
        this(
                source,
                bytes,
                endpoint,
                model -> served.test(model) ? List.of(endpoint) : List.of(),
                oneModelOnly,
                null,
                LineChoice.ALL);
    }

    public PlanRequest {
        EndpointRules.of(endpoint);
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must not be negative: " + bytes);
        }
    }
}
