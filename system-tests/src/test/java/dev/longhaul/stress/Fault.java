package dev.longhaul.stress;

/**
 * Something that went wrong, from a moment to another; see {@link System#nanoTime}.
 *
 * @param excuses whose batches may stand still while it lasts
 */
record Fault(String what, Excuse excuses, long begin, long end) {

    /** Which batches need what is away. */
    enum Excuse {
        /** Others can do the work: at most what is lost has to be found out and done again. */
        NOBODY,
        /** Those whose input lies in S3. */
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
