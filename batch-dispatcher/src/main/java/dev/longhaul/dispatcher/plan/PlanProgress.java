package dev.longhaul.dispatcher.plan;

/** Hears how far a plan is, about once a MiB, on the planning thread. */
@FunctionalInterface
public interface PlanProgress {

    /**
     * Tells where the plan is.
     *
     * @param bytesRead over all passes so far
     * @param bytesToRead over all passes known to be needed; grows when the duplicates check needs another
     */
    void report(long bytesRead, long bytesToRead);
}
