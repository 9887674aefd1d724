package dev.longhaul.finalizer.checkpoint;

import dev.longhaul.finalizer.gather.BatchRow;
import dev.longhaul.finalizer.gather.PartitionMark;
import dev.longhaul.finalizer.gather.SegmentRow;
import dev.longhaul.finalizer.gather.SliceRow;
import dev.longhaul.finalizer.gather.Tally;
import dev.longhaul.finalizer.settle.Accounted;
import dev.longhaul.finalizer.settle.Settlement;
import dev.longhaul.store.Database;
import dev.longhaul.store.LineRate;
import dev.longhaul.store.StoreException;
import dev.longhaul.store.StoreUnavailableException;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Writes a checkpoint: a handful of statements in one transaction, however many batches it touches, and ends those it makes whole. */
public final class CheckpointWriter {
    private static final Logger LOG = Logger.getLogger(CheckpointWriter.class);

    /** First of all, and locking: a row that is not updated belongs to another owner, and then nothing of its partition is written. */
    private static final String FENCE = """
            update results_partition p set checkpoint_offset = u.mark
            from unnest($1::int[], $2::bigint[], $3::bigint[]) u (partition, epoch, mark)
            where p.partition = u.partition and p.epoch = u.epoch
            returning p.partition""";

    private static final String SEGMENTS = """
            insert into file_segment (file_id, seq, bytes, object_key, inline)
            select * from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::bytea[])
            on conflict (file_id, seq) do update
              set bytes = excluded.bytes, object_key = excluded.object_key, inline = excluded.inline""";

    private static final String SLICES = """
            with u as (
              select * from unnest($1::text[], $2::int[], $3::bytea[], $4::boolean[]) u (batch_id, seq, bitmap, is_full)
            ), locked as (
              select s.batch_id, s.seq from slice s join u using (batch_id, seq) order by s.batch_id, s.seq for update of s
            )
            update slice s set bitmap = u.bitmap, fruitless = 0,
              state = case when u.is_full then 'done' else s.state end,
              holder = case when u.is_full then null else s.holder end,
              changed_at = case when u.is_full then now() else s.changed_at end
            from u join locked using (batch_id, seq)
            where s.batch_id = u.batch_id and s.seq = u.seq""";

    private static final String BATCHES = """
            with u as (
              select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[],
                $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
                u (id, completed, failed, unserved, input, cached, output, reasoning, total)
            ), locked as (
              select b.id from batch b join u using (id) order by b.id for update of b
            )
            update batch b set lines_completed = lines_completed + completed, lines_failed = lines_failed + failed,
              lines_unserved = lines_unserved + unserved, input_tokens = input_tokens + input,
              cached_tokens = cached_tokens + cached, output_tokens = output_tokens + output,
              reasoning_tokens = reasoning_tokens + reasoning, total_tokens = total_tokens + total,
              line_rate = %s, line_rate_at = now()
            from u join locked using (id) where b.id = u.id
            returning b.id, b.status, b.stop_reason,
              b.lines_completed + b.lines_failed + b.lines_unserved = b.lines_total as accounted,
              coalesce(b.status = 'in_progress' and b.stop_reason is null and b.lines_failed > b.error_limit, false)
                as is_over_limit""".formatted(LineRate.after("completed + failed"));

    private final Database database;
    private final Settlement settlement;

    public CheckpointWriter(Database database, Settlement settlement) {
        this.database = database;
        this.settlement = settlement;
    }

    /**
     * What became of a checkpoint.
     *
     * @param partitions those it was written for; the others have another owner or were refused
     * @param ended the batches that ended with it
     */
    public record Written(Set<Integer> partitions, Set<String> ended) {}

    /**
     * Writes the marks of the partitions that are still owned, in one transaction. If PostgreSQL refuses that, each in its own, so
     * that a batch that cannot be recorded holds back its own partition alone.
     *
     * @throws StoreUnavailableException if it may or may not be written: then only PostgreSQL knows, and the partitions are to be
     *     taken over anew
     */
    public Written write(List<PartitionMark> marks) {
        try {
            return writeTogether(marks);
        } catch (StoreUnavailableException e) {
            throw e;
        } catch (StoreException e) {
            return marks.size() == 1 ? refused(marks.getFirst(), e) : writeEach(marks);
        }
    }

    private Written writeEach(List<PartitionMark> marks) {
        Written all = new Written(new HashSet<>(), new HashSet<>());
        for (PartitionMark mark : marks) {
            Written one = write(List.of(mark));
            all.partitions().addAll(one.partitions());
            all.ended().addAll(one.ended());
        }
        return all;
    }

    private static Written refused(PartitionMark mark, StoreException why) {
        LOG.errorf(
                "LH-F009 the checkpoint of partition=%d at offset=%d cannot be written: %s",
                mark.partition(), mark.offset(), why.getMessage());
        return new Written(Set.of(), Set.of());
    }

    private Written writeTogether(List<PartitionMark> marks) {
        return database.inTransaction(transaction -> {
            Set<Integer> owned = fence(transaction, marks);
            List<PartitionMark> valid = marks.stream()
                    .filter(mark -> owned.contains(mark.partition()))
                    .toList();
            writeSegments(
                    transaction,
                    valid.stream().flatMap(mark -> mark.segments().stream()).toList());
            writeSlices(
                    transaction,
                    valid.stream().flatMap(mark -> mark.slices().stream()).toList());
            Touched touched = writeBatches(
                    transaction,
                    valid.stream().flatMap(mark -> mark.batches().stream()).toList());
            settlement.giveUp(transaction, touched.overLimit());
            return new Written(owned, settlement.settle(transaction, touched.accounted()));
        });
    }

    private static Set<Integer> fence(Database.Transaction transaction, List<PartitionMark> marks) {
        Set<Integer> owned = new HashSet<>();
        for (Row row : transaction.run(
                FENCE,
                marks.stream().map(PartitionMark::partition).toArray(Integer[]::new),
                marks.stream().map(PartitionMark::epoch).toArray(Long[]::new),
                marks.stream().map(PartitionMark::offset).toArray(Long[]::new))) {
            owned.add(row.getInteger("partition"));
        }
        return owned;
    }

    private static void writeSegments(Database.Transaction transaction, List<SegmentRow> rows) {
        if (!rows.isEmpty()) {
            transaction.run(
                    SEGMENTS,
                    rows.stream().map(SegmentRow::fileId).toArray(String[]::new),
                    rows.stream().map(SegmentRow::seq).toArray(Integer[]::new),
                    rows.stream().map(SegmentRow::bytes).toArray(Long[]::new),
                    rows.stream().map(SegmentRow::objectKey).toArray(String[]::new),
                    rows.stream().map(row -> buffer(row.inline())).toArray(Buffer[]::new));
        }
    }

    private static void writeSlices(Database.Transaction transaction, List<SliceRow> rows) {
        if (!rows.isEmpty()) {
            transaction.run(
                    SLICES,
                    rows.stream().map(row -> row.id().batchId()).toArray(String[]::new),
                    rows.stream().map(row -> row.id().seq()).toArray(Integer[]::new),
                    rows.stream().map(row -> Buffer.buffer(row.bitmap())).toArray(Buffer[]::new),
                    rows.stream().map(SliceRow::full).toArray(Boolean[]::new));
        }
    }

    /** Batches that need no further line, and others of which more lines failed than may. */
    private record Touched(List<Accounted> accounted, List<String> overLimit) {}

    private static Touched writeBatches(Database.Transaction transaction, List<BatchRow> rows) {
        Touched touched = new Touched(new ArrayList<>(), new ArrayList<>());
        if (rows.isEmpty()) {
            return touched;
        }
        for (Row row : transaction.run(
                BATCHES,
                rows.stream().map(BatchRow::id).toArray(String[]::new),
                sums(rows, Tally::completed),
                sums(rows, Tally::failed),
                sums(rows, Tally::unserved),
                sums(rows, tally -> tally.usage().inputTokens()),
                sums(rows, tally -> tally.usage().cachedTokens()),
                sums(rows, tally -> tally.usage().outputTokens()),
                sums(rows, tally -> tally.usage().reasoningTokens()),
                sums(rows, tally -> tally.usage().totalTokens()))) {
            if (row.getBoolean("accounted")) {
                touched.accounted().add(Accounted.of(row));
            } else if (row.getBoolean("is_over_limit")) {
                touched.overLimit().add(row.getString("id"));
            }
        }
        return touched;
    }

    private static Long[] sums(List<BatchRow> rows, ToLongFunction<Tally> sum) {
        return rows.stream().map(row -> sum.applyAsLong(row.added())).toArray(Long[]::new);
    }

    private static @Nullable Buffer buffer(byte @Nullable [] bytes) {
        return bytes == null ? null : Buffer.buffer(bytes);
    }
}
