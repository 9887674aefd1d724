package dev.longhaul.finalizer.settle;

import dev.longhaul.model.StopReason;
import dev.longhaul.store.Database;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The open batches of owned partitions, as PostgreSQL has them. */
public final class OpenBatches {
    /** A transaction ends at most this many batches, so that no row stays locked for long. */
    private static final int PORTION = 200;

    private static final int MAX_STOPPED = 500;

    /** A row that somebody holds locked is left for the next look: one that sleeps within a transaction delays its batch alone. */
    private static final String EXPIRE = """
            with due as (
              select id from batch
              where results_partition = any($1) and status in ('validating', 'in_progress')
                and stop_reason is null and expires_at <= now()
              order by id limit %d for update skip locked)
            update batch b set stop_reason = 'expired', stop_at = now(), paused_at = null from due where b.id = due.id
            """.formatted(PORTION);

    /**
     * Whole ones, and those stopped without a plan. Nothing can still give these a plan: whatever a planner writes asks first, with
     * the row locked, that there is no stop reason.
     */
    private static final String TO_END = """
            lines_completed + lines_failed + lines_unserved = lines_total
            and (status = 'finalizing'
              or (lines_total > 0 and status in ('in_progress', 'cancelling'))
              or (lines_total = 0 and status in ('validating', 'cancelling') and stop_reason is not null))""";

    /** Stopped or finalizing: the few open batches that wait for a finalizer rather than for lines, by an index of their own. */
    private static final String WAITING = """
            with waiting as (
              select id, results_partition, input_file_id, stop_reason, stop_at, status, (%s) as to_end from batch
              where results_partition = any($1) and status in ('validating', 'in_progress', 'finalizing', 'cancelling')
                and (stop_reason is not null or status = 'finalizing'))
            select id, results_partition, input_file_id, stop_reason, to_end,
              not to_end and exists (
                select from file_segment f where f.file_id = input_file_id and f.object_key is not null) as in_s3
            from waiting
            where to_end or (status in ('in_progress', 'cancelling') and id <> all($2))
            order by to_end desc, in_s3, stop_at, id limit %d""".formatted(TO_END, MAX_STOPPED);

    private static final String WHOLE = """
            select id from batch
            where results_partition = any($1) and status = 'in_progress' and stop_reason is null and %s
            limit %d""".formatted(TO_END, PORTION);

    private static final String LOCK_TO_END = """
            select b.id, b.status, b.stop_reason from batch b
            where b.id = any($1) and b.results_partition = any($2) and %s
            order by b.id for update skip locked""".formatted(TO_END);

    /** Locks the partitions' rows against a new owner's epoch until the transaction ends. */
    private static final String FENCE = """
            select p.partition from results_partition p
            join unnest($1::int[], $2::bigint[]) u (partition, epoch) using (partition)
            where p.epoch = u.epoch order by p.partition for share of p""";

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

    /** Stops batches whose window is over, on PostgreSQL's clock; returns whether there may be more. */
    boolean expire(Set<Integer> partitions) {
        return database.run(EXPIRE, (Object) partitions.toArray(Integer[]::new)).rowCount() == PORTION;
    }

    /**
     * The batches that wait for their finalizer.
     *
     * @param toEnd those that can end
     * @param stopped those with lines to be answered, the ones stopped first first
     * @param more whether there are more than were asked for
     */
    record Waiting(List<String> toEnd, List<StoppedBatch> stopped, boolean more) {}

    /** Finds the batches that wait; stopped ones only if they are not in {@code underway}. */
    Waiting waiting(Set<Integer> partitions, Set<String> underway) {
        List<String> toEnd = new ArrayList<>();
        List<StoppedBatch> stopped = new ArrayList<>();
        RowSet<Row> rows = database.run(WAITING, partitions.toArray(Integer[]::new), underway.toArray(String[]::new));
        for (Row row : rows) {
            if (row.getBoolean("to_end")) {
                toEnd.add(row.getString("id"));
            } else {
                stopped.add(new StoppedBatch(
                        row.getString("id"),
                        row.getInteger("results_partition"),
                        row.getString("input_file_id"),
                        StopReason.ofWireName(row.getString("stop_reason")),
                        row.getBoolean("in_s3")));
            }
        }
        return new Waiting(toEnd, stopped, rows.size() == MAX_STOPPED);
    }

    /** Finds running batches that are whole. A checkpoint ends those it makes whole, so there should be none; it reads all that run. */
    List<String> whole(Set<Integer> partitions) {
        List<String> found = new ArrayList<>();
        database.run(WHOLE, (Object) partitions.toArray(Integer[]::new)).forEach(row -> found.add(row.getString("id")));
        return found;
    }

    /** Ends those of these batches that can end; returns their ids. */
    Set<String> end(Map<Integer, Long> epochs, List<String> ids) {
        Set<String> ended = new HashSet<>();
        for (int from = 0; from < ids.size(); from += PORTION) {
            ended.addAll(endPortion(epochs, ids.subList(from, Math.min(ids.size(), from + PORTION))));
        }
        return ended;
    }

    private Set<String> endPortion(Map<Integer, Long> epochs, List<String> ids) {
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
