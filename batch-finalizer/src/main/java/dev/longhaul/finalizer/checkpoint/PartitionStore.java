package dev.longhaul.finalizer.checkpoint;

import dev.longhaul.finalizer.gather.BatchFacts;
import dev.longhaul.finalizer.gather.SliceFacts;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.SliceId;
import dev.longhaul.store.Database;
import dev.longhaul.store.StoreException;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Becoming the owner of partitions, and reading what their owner has to know. */
public final class PartitionStore {
    /**
     * Raises the epoch, so that no later checkpoint of the former owner counts. While a checkpoint is under way it does nothing rather
     * than wait: the process that writes it may be asleep.
     */
    private static final String TAKE_OVER = """
            with free as (
              select partition from results_partition where partition = $1 for update skip locked
            ), raised as (
              update results_partition p set epoch = p.epoch + 1 from free where p.partition = free.partition
              returning p.epoch, p.checkpoint_offset
            ), made as (
              insert into results_partition (partition, epoch)
              select $1, 1 where not exists (select from results_partition where partition = $1)
              on conflict do nothing
              returning epoch, checkpoint_offset
            )
            select * from raised union all select * from made""";

    private static final String FACTS = """
            select b.id, b.results_partition, b.output_ref, b.error_ref, b.status, b.lines_total,
              b.lines_completed + b.lines_failed + b.lines_unserved as accounted,
              (select coalesce(max(f.seq) + 1, 0) from file_segment f where f.file_id = b.output_ref) as next_output,
              (select coalesce(max(f.seq) + 1, 0) from file_segment f where f.file_id = b.error_ref) as next_error,
              s.seq, s.line_count, s.bitmap
            from unnest($1::text[], $2::int[]) u (batch_id, seq)
            join batch b on b.id = u.batch_id
            left join slice s on s.batch_id = u.batch_id and s.seq = u.seq""";

    private static final String RESTART = """
            update results_partition set checkpoint_offset = $3 where partition = $1 and epoch = $2 returning partition""";

    private static final String EXECUTE_AGAIN = """
            update slice s set state = 'pending', holder = null, finished_offset = null, changed_at = now()
            from batch b
            where b.id = s.batch_id and b.results_partition = $1
              and b.status in ('validating', 'in_progress', 'finalizing', 'cancelling')
              and s.state in ('claimed', 'reported')""";

    private static final String RETURN_SLICE = """
            update slice set state = 'pending', holder = null, finished_offset = null, changed_at = now()
            where batch_id = $1 and seq = $2 and state in ('claimed', 'reported')""";

    private final Database database;

    public PartitionStore(Database database) {
        this.database = database;
    }

    /** Whether PostgreSQL answers within 2 s. */
    public boolean isReachable() {
        try {
            return database.isReady();
        } catch (StoreException e) {
            return false;
        }
    }

    /** A partition taken over: its new epoch, and the offset to continue from. */
    public record Owned(int partition, long epoch, long offset) {}

    /**
     * Takes a partition over: from now on nothing that another process writes for it counts.
     *
     * @return empty while somebody holds its row locked
     */
    public Optional<Owned> takeOver(int partition) {
        for (Row row : database.run(TAKE_OVER, partition)) {
            return Optional.of(new Owned(partition, row.getLong("epoch"), row.getLong("checkpoint_offset")));
        }
        return Optional.empty();
    }

    /**
     * Goes on from another offset because the log does not have the recorded one: what was written to the lost part is executed again.
     *
     * @return false if the partition has another owner
     */
    public boolean restart(int partition, long epoch, long offset) {
        return database.inTransaction(transaction -> {
            if (transaction.run(RESTART, partition, epoch, offset).size() == 0) {
                return false;
            }
            transaction.run(EXECUTE_AGAIN, partition);
            transaction.run("delete from results_mark where partition = $1", partition);
            return true;
        });
    }

    /** What PostgreSQL knows of batches and slices; neither is there for what it does not know. */
    public record Facts(Collection<BatchFacts> batches, List<SliceFacts> slices) {}

    /** Reads, in one statement, what it takes to gather chunks of these slices. */
    public Facts facts(Collection<SliceId> ids) {
        Map<String, BatchFacts> batches = new HashMap<>();
        List<SliceFacts> slices = new ArrayList<>();
        RowSet<Row> rows = database.run(
                FACTS,
                ids.stream().map(SliceId::batchId).toArray(String[]::new),
                ids.stream().map(SliceId::seq).toArray(Integer[]::new));
        for (Row row : rows) {
            BatchFacts batch = batch(row);
            batches.putIfAbsent(batch.id(), batch);
            Integer seq = row.getInteger("seq");
            if (seq != null) {
                Buffer bitmap = row.getBuffer("bitmap");
                BitSet durable = bitmap == null ? new BitSet() : BitSet.valueOf(bitmap.getBytes());
                slices.add(new SliceFacts(new SliceId(batch.id(), seq), row.getInteger("line_count"), durable));
            }
        }
        return new Facts(batches.values(), slices);
    }

    private static BatchFacts batch(Row row) {
        return new BatchFacts(
                row.getString("id"),
                row.getInteger("results_partition"),
                row.getString("output_ref"),
                row.getString("error_ref"),
                row.getInteger("next_output"),
                row.getInteger("next_error"),
                row.getLong("lines_total"),
                row.getLong("accounted"),
                BatchStatus.ofWireName(row.getString("status")).isTerminal());
    }

    /** Has a slice executed again one of whose chunks could not be used. */
    public void executeAgain(SliceId slice) {
        database.run(RETURN_SLICE, slice.batchId(), slice.seq());
    }
}
