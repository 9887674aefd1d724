package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.SliceHint;
import dev.longhaul.model.SliceId;
import dev.longhaul.store.Database;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Claims, reports and returns of slices: conditional on the claim number and the holder, so that a late one changes nothing. */
@ApplicationScoped
class ClaimStore {
    private final Database database;

    ClaimStore(Database database) {
        this.database = database;
    }

    /** Claims what is still released under the hints' numbers for a holder that lives; the rest is somebody else's or stopped. */
    List<SliceClaim> claim(String holder, Collection<SliceHint> hints) {
        List<SliceClaim> claims = new ArrayList<>();
        for (Row row : database.run(
                """
                with hint as (
                  select * from unnest($2::text[], $3::int[], $4::int[]) as h (batch_id, seq, claim)),
                mine as (
                  update slice s set state = 'claimed', holder = $1, changed_at = now()
                  from hint h, batch b
                  where s.batch_id = h.batch_id and s.seq = h.seq and s.claim = h.claim and s.state = 'released'
                    and b.id = s.batch_id and b.status = 'in_progress' and b.stop_reason is null
                    and exists (select 1 from process p where p.id = $1 and p.lease_until > now())
                  returning s.*, b.input_file_id, b.endpoint, b.results_partition)
                select m.*, coalesce(p.checkpoint_offset, 0) as checkpoint_offset
                from mine m left join results_partition p on p.partition = m.results_partition
                """,
                holder,
                hints.stream().map(hint -> hint.slice().batchId()).toArray(String[]::new),
                hints.stream().map(hint -> hint.slice().seq()).toArray(Integer[]::new),
                hints.stream().map(SliceHint::claim).toArray(Integer[]::new))) {
            claims.add(claimOf(row));
        }
        return claims;
    }

    private static SliceClaim claimOf(Row row) {
        Buffer bitmap = row.getBuffer("bitmap");
        return new SliceClaim(
                new SliceId(row.getString("batch_id"), row.getInteger("seq")),
                row.getInteger("claim"),
                row.getString("holder"),
                row.getString("input_file_id"),
                row.getString("endpoint"),
                row.getLong("byte_offset"),
                row.getInteger("byte_length"),
                row.getLong("first_line"),
                row.getInteger("line_count"),
                row.getString("model"),
                bitmap == null ? null : bitmap.getBytes(),
                row.getInteger("results_partition"),
                row.getLong("checkpoint_offset"));
    }

    /** What became of a claimed slice: all of it is in Kafka up to an offset, or some of it goes back. */
    record Report(SliceClaim claim, long lastOffset, boolean handBack) {}

    /** Writes reports; a slice that is no longer this holder's stays as it is. */
    void report(Collection<Report> reports) {
        database.run(
                """
                update slice s set
                  state = case when r.hand_back then 'pending' else 'reported' end,
                  holder = case when r.hand_back then null else s.holder end,
                  finished_offset = r.last_offset, changed_at = now()
                from unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::bigint[], $6::boolean[])
                  as r (batch_id, seq, claim, holder, last_offset, hand_back)
                where s.batch_id = r.batch_id and s.seq = r.seq and s.claim = r.claim and s.holder = r.holder
                  and s.state = 'claimed'
                """,
                reports.stream().map(r -> r.claim().slice().batchId()).toArray(String[]::new),
                reports.stream().map(r -> r.claim().slice().seq()).toArray(Integer[]::new),
                reports.stream().map(r -> r.claim().claim()).toArray(Integer[]::new),
                reports.stream().map(r -> r.claim().holder()).toArray(String[]::new),
                reports.stream().map(Report::lastOffset).toArray(Long[]::new),
                reports.stream().map(Report::handBack).toArray(Boolean[]::new));
    }

    /** Which of these batches have a stop reason. */
    Set<String> stopped(Collection<String> batchIds) {
        Set<String> stopped = new HashSet<>();
        for (Row row : database.run(
                "select id from batch where id = any($1) and (stop_reason is not null or status <> 'in_progress')",
                (Object) batchIds.toArray(String[]::new))) {
            stopped.add(row.getString(0));
        }
        return stopped;
    }
}
