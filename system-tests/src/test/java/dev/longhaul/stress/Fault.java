package dev.longhaul.stress;

/**
 * A fault and its time span; see {@link System#nanoTime}.
 *
 * @param excuses the batches that may stand still while it lasts
 */
record Fault(String what, Excuse excuses, long begin, long end) {

    /** The batches that cannot proceed without what is away. */
    enum Excuse {
        /** Another process can do the work. */
        NOBODY,
        /** Batches whose input is in S3. */
        LARGE,
        EVERYBODY;

        boolean covers(Work work) {
            return switch (this) {
                case NOBODY -> false;
                case LARGE -> work.large();
                case EVERYBODY -> true;
            };
        }
    }
}
