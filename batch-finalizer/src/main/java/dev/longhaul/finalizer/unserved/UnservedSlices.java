package dev.longhaul.finalizer.unserved;

import dev.longhaul.finalizer.settle.StoppedBatch;
import dev.longhaul.model.SliceId;
import dev.longhaul.store.Database;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Takes slices of stopped batches from nobody, and reports them. One thread of the partition's owner works on a batch at a time, and
 * takes only when it holds none of its slices: a slice that a finalizer holds and has not reported is nobody's, be it that the
 * finalizer is dead, that the answer to a take was lost, or that its input could not be read. Lines answered twice are duplicates and
 * dropped.
 */
final class UnservedSlices {
    /** An index of its own, so that a batch of many thousand slices is not walked from its start for every portion. */
    private static final String PENDING = "s.state = 'pending'";

    /** A dispatcher's lease is not judged within one lease of PostgreSQL's own start. */
    private static final String OTHERS = """
            (s.state = 'released'
              or (s.state = 'claimed' and pg_postmaster_start_time() < now() - interval '10 s'
                and not exists (select 1 from process o where o.id = s.holder and o.lease_until > now()))
              or (s.state = 'reported' and (s.finished_offset < p.checkpoint_offset
                or (s.finished_offset is null and s.holder like 'finalizer/%'))))""";

    private static final String TAKE = """
            with free as (
              select s.batch_id, s.seq from slice s
              join batch b on b.id = s.batch_id
              join results_partition p on p.partition = b.results_partition
              where s.batch_id = $1 and b.stop_reason is not null and p.partition = $3 and p.epoch = $4 and %s
                and s.seq <> all($6::int[])
              order by s.seq limit $5 for update of s skip locked)
            update slice s set state = 'reported', claim = s.claim + 1, holder = $2, finished_offset = null, changed_at = now()
            from free where s.batch_id = free.batch_id and s.seq = free.seq
            returning s.seq, s.claim, s.byte_offset, s.byte_length, s.first_line, s.line_count, s.bitmap""";

    private static final String TAKE_PENDING = TAKE.replace("%s", PENDING);
    private static final String TAKE_OTHERS = TAKE.replace("%s", OTHERS);

    private static final String REPORT = """
            update slice s set finished_offset = u.at
            from unnest($2::int[], $3::int[], $4::bigint[]) u (seq, claim, at)
            where s.batch_id = $1 and s.seq = u.seq and s.claim = u.claim and s.state = 'reported'""";

    private final Database database;

    UnservedSlices(Database database) {
        this.database = database;
    }

    /** Takes a few slices that nobody serves; fewer than {@code most} when there are no more, or the partition has another owner. */
    List<TakenSlice> take(StoppedBatch batch, long epoch, int most) {
        List<TakenSlice> taken = take(TAKE_PENDING, batch, epoch, most, List.of());
        if (taken.size() < most) {
            taken.addAll(take(TAKE_OTHERS, batch, epoch, most - taken.size(), List.copyOf(taken)));
        }
        return taken;
    }

    private List<TakenSlice> take(String sql, StoppedBatch batch, long epoch, int most, List<TakenSlice> held) {
        Integer[] heldSeqs = held.stream().map(slice -> slice.id().seq()).toArray(Integer[]::new);
        String holder = "finalizer/" + batch.partition() + "/" + epoch;
        List<TakenSlice> taken = new ArrayList<>();
        for (Row row : database.run(sql, batch.id(), holder, batch.partition(), epoch, (long) most, heldSeqs)) {
            Buffer bitmap = row.getBuffer("bitmap");
            taken.add(new TakenSlice(
                    new SliceId(batch.id(), row.getInteger("seq")),
                    row.getInteger("claim"),
                    row.getLong("byte_offset"),
                    row.getInteger("byte_length"),
                    row.getLong("first_line"),
                    row.getInteger("line_count"),
                    bitmap == null ? new BitSet() : BitSet.valueOf(bitmap.getBytes())));
        }
        return taken;
    }

    /** A slice all of whose answers are in the log, and the offset of the last. */
    record Answered(TakenSlice slice, long lastOffset) {}

    /** Says how far the log must be gathered until the slices are whole; if they are not by then, they are taken again. */
    void report(String batchId, List<Answered> answered) {
        database.run(
                REPORT,
                batchId,
                answered.stream().map(a -> a.slice().id().seq()).toArray(Integer[]::new),
                answered.stream().map(a -> a.slice().claim()).toArray(Integer[]::new),
                answered.stream().map(Answered::lastOffset).toArray(Long[]::new));
    }
}
