package dev.longhaul.dispatcher.plan;

import java.util.function.Predicate;

/**
 * What to plan.
 *
 * @param bytes the file's size; the source must yield exactly so many
 * @param endpoint the batch's endpoint, one of the API's
 * @param served whether some backend has this model; asked at each change of model
 * @param oneModelOnly whether the batch's job forbids mixing models
 * @param choice the lines to run; those left out are not looked at
 */
public record PlanRequest(
        InputSource source,
        long bytes,
        String endpoint,
        Predicate<String> served,
        boolean oneModelOnly,
        LineChoice choice) {

    /** A plan of all lines. */
    public PlanRequest(
            InputSource source, long bytes, String endpoint, Predicate<String> served, boolean oneModelOnly) {
        this(source, bytes, endpoint, served, oneModelOnly, LineChoice.ALL);
    }

    public PlanRequest {
        EndpointRules.of(endpoint);
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must not be negative: " + bytes);
        }
    }
}
