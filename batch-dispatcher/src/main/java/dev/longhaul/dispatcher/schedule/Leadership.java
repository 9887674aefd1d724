package dev.longhaul.dispatcher.schedule;

/** Under which identity and epoch this process leads the schedule. */
record Leadership(String holder, long epoch) {
    /** The name of the lease. */
    static final String LEASE = "scheduler";
    /**
     * The rows of {@code led} exist while the leader with holder {@code $1} and epoch {@code $2} leads, and nobody else can lead before
     * the statement has ended.
     */
    static final String LED = """
            led as materialized (
              select 1 from lease where name = '%s' and holder = $1 and epoch = $2 and until > now() for share)""".formatted(LEASE);
}
