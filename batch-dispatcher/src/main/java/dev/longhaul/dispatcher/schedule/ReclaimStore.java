package dev.longhaul.dispatcher.schedule;

import dev.longhaul.dispatcher.lease.DeadDispatchers;
import dev.longhaul.store.Database;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Takes back slices that nobody works on: those of dead dispatchers, those that were reported but that the checkpoint has passed without
 * all of their lines, and those that were released and may not or will not be claimed.
 */
@ApplicationScoped
class ReclaimStore {
    /** A released slice that nobody claimed for so long waits for a backend that is gone; it is released again when there is one. */
    private static final double UNCLAIMED_SECONDS = 30;

    private static final String LOST =
            "s.state = 'claimed' and not exists (select 1 from process p where p.id = s.holder)";

    private static final String UNCLAIMED = """
            s.state = 'released' and (b.stop_reason is not null or b.paused_at is not null
              or s.changed_at < now() - make_interval(secs => %s))""".formatted(UNCLAIMED_SECONDS);

    private static final String PASSED = """
            s.state = 'reported' and b.stop_reason is null and p.checkpoint_offset > s.finished_offset""";

    private static final String BATCH = "batch b on b.id = s.batch_id";
    private static final String PARTITION = "results_partition p on p.partition = b.results_partition";

    private final Database database;
    private final DeadDispatchers dead;

    ReclaimStore(Database database, DeadDispatchers dead) {
        this.database = database;
        this.dead = dead;
    }

    /** What was taken back: slices that somebody had, and slices that were merely released. */
    record Reclaimed(int held, int released) {
        static final Reclaimed NOTHING = new Reclaimed(0, 0);
    }

    /**
     * Looks whether something is to be taken back, by one statement that writes nothing.
     *
     * @param leader the identity of the process that asks
     */
    boolean isNeeded(String leader) {
        return database.run(
                        """
                        select exists (%s)
                          or exists (select 1 from slice s where %s)
                          or exists (select 1 from slice s join %s where %s)
                          or exists (select 1 from slice s join %s join %s where %s)
                        """.formatted(DeadDispatchers.FIND, LOST, BATCH, UNCLAIMED, BATCH, PARTITION, PASSED), leader)
                .iterator()
                .next()
                .getBoolean(0);
    }

    /** Takes it back, in a transaction that has checked the leader's lease. */
    Reclaimed reclaim(Database.Transaction transaction, String leader) {
        dead.bury(transaction, leader);
        int held = transaction.run("""
                        update slice s set state = 'pending', holder = null, changed_at = now(), fruitless = fruitless + 1
                        where %s""".formatted(LOST)).rowCount();
        int released = transaction.run("""
                        update slice s set state = 'pending', changed_at = now() from batch b
                        where b.id = s.batch_id and %s""".formatted(UNCLAIMED)).rowCount();
        held += transaction.run("""
                        update slice s set state = 'pending', holder = null, changed_at = now()
                        from batch b join %s where b.id = s.batch_id and %s""".formatted(PARTITION, PASSED)).rowCount();
        return new Reclaimed(held, released);
    }
}
