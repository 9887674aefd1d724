package dev.longhaul.finalizer.settle;

import dev.longhaul.model.StopReason;
import dev.longhaul.store.Database;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The open batches of owned partitions, as PostgreSQL has them. */
public final class OpenBatches {
    /** A transaction ends so many batches at most, so that no row stays locked for long. */
    private static final int PORTION = 200;

    private static final String EXPIRE = """
            with due as (
              select id from batch
              where results_partition = any($1) and status in ('validating', 'in_progress')
                and stop_reason is null and expires_at <= now()
              order by id for update)
            update batch b set stop_reason = 'expired', stop_at = now(), paused_at = null from due where b.id = due.id""";

    /**
     * Whole ones, and those stopped without a plan. Nothing can still give these a plan: whatever a planner writes asks first, with
     * the row locked, that there is no stop reason.
     */
    private static final String TO_END = """
            lines_completed + lines_failed + lines_unserved = lines_total
            and (status = 'finalizing'
              or (lines_total > 0 and status in ('in_progress', 'cancelling'))
              or (lines_total = 0 and status in ('validating', 'cancelling') and stop_reason is not null))""";

    private static final String FIND_TO_END = """
            select id from batch
            where results_partition = any($1) and status in ('validating', 'in_progress', 'finalizing', 'cancelling') and %s
            limit %d""".formatted(TO_END, PORTION);

    private static final String LOCK_TO_END = """
            select b.id, b.status, b.stop_reason from batch b
            where b.id = any($1) and b.results_partition = any($2) and %s
            order by b.id for update""".formatted(TO_END);

    /** Locks the partitions' rows against a new owner's epoch until the transaction ends. */
    private static final String FENCE = """
            select p.partition from results_partition p
            join unnest($1::int[], $2::bigint[]) u (partition, epoch) using (partition)
            where p.epoch = u.epoch order by p.partition for share of p""";

    private static final String STOPPED = """
            select id, results_partition, input_file_id, stop_reason from batch
            where results_partition = any($1) and status in ('in_progress', 'cancelling') and stop_reason is not null
              and lines_completed + lines_failed + lines_unserved < lines_total
            order by stop_at, id""";

    private static final String OF_PARTITION = """
            select id, output_ref, error_ref from batch
            where results_partition = $1 and status in ('validating', 'in_progress', 'finalizing', 'cancelling')
              and lines_total > 0""";

    private final Database database;
    private final Settlement settlement;

    public OpenBatches(Database database, Settlement settlement) {
        this.database = database;
        this.settlement = settlement;
    }

    /** Stops the batches whose window is over, on PostgreSQL's clock. */
    void expire(Set<Integer> partitions) {
        database.run(EXPIRE, (Object) partitions.toArray(Integer[]::new));
    }

    /** Ends all that can end; answers their ids. */
    Set<String> end(Map<Integer, Long> epochs) {
        Set<String> ended = new HashSet<>();
        while (true) {
            List<String> found = new ArrayList<>();
            database.run(FIND_TO_END, (Object) epochs.keySet().toArray(Integer[]::new))
                    .forEach(row -> found.add(row.getString("id")));
            Set<String> portion = found.isEmpty() ? Set.of() : end(epochs, found);
            ended.addAll(portion);
            if (found.size() < PORTION || portion.isEmpty()) {
                return ended;
            }
        }
    }

    private Set<String> end(Map<Integer, Long> epochs, List<String> ids) {
        List<Map.Entry<Integer, Long>> owned = List.copyOf(epochs.entrySet());
        return database.inTransaction(transaction -> {
            List<Integer> partitions = new ArrayList<>();
            transaction
                    .run(
                            FENCE,
                            owned.stream().map(Map.Entry::getKey).toArray(Integer[]::new),
                            owned.stream().map(Map.Entry::getValue).toArray(Long[]::new))
                    .forEach(row -> partitions.add(row.getInteger("partition")));
            List<Accounted> accounted = new ArrayList<>();
            transaction
                    .run(LOCK_TO_END, ids.toArray(String[]::new), partitions.toArray(Integer[]::new))
                    .forEach(row -> accounted.add(Accounted.of(row)));
            return settlement.settle(transaction, accounted);
        });
    }

    /** The stopped batches that still have lines without an outcome, those stopped first first. */
    List<StoppedBatch> stopped(Set<Integer> partitions) {
        List<StoppedBatch> stopped = new ArrayList<>();
        for (Row row : database.run(STOPPED, (Object) partitions.toArray(Integer[]::new))) {
            stopped.add(new StoppedBatch(
                    row.getString("id"),
                    row.getInteger("results_partition"),
                    row.getString("input_file_id"),
                    StopReason.ofWireName(row.getString("stop_reason"))));
        }
        return stopped;
    }

    /** An open batch and the files its results gather in. */
    record Results(String batchId, String outputRef, String errorRef) {}

    List<Results> withPlan(int partition) {
        List<Results> open = new ArrayList<>();
        for (Row row : database.run(OF_PARTITION, partition)) {
            open.add(new Results(row.getString("id"), row.getString("output_ref"), row.getString("error_ref")));
        }
        return open;
    }
}
