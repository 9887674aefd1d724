package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.SliceHint;
import dev.longhaul.model.SliceId;
import dev.longhaul.store.Database;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
                  select h.*, s.started from unnest($2::text[], $3::int[], $4::int[]) as h (batch_id, seq, claim)
                  join slice s using (batch_id, seq)),
                mine as (
                  update slice s set state = 'claimed', holder = $1, changed_at = now(), started = true
                  from hint h, batch b
                  where s.batch_id = h.batch_id and s.seq = h.seq and s.claim = h.claim and s.state = 'released'
                    and b.id = s.batch_id and b.status = 'in_progress' and b.stop_reason is null and b.paused_at is null
                    and exists (select 1 from process p where p.id = $1 and p.lease_until > now())
                  returning s.*, h.started as was_started, b.input_file_id, b.endpoint, b.results_partition)
                select m.*, coalesce(p.checkpoint_offset, 0) as checkpoint_offset,
                  extract(epoch from now() - m.unreadable_since)::float8 as unreadable_seconds,
                  substring(f.inline from m.byte_offset::int + 1 for m.byte_length) as bytes
                from mine m left join results_partition p on p.partition = m.results_partition
                left join file_segment f on f.file_id = m.input_file_id and f.seq = 0 and f.inline is not null
                  and m.byte_offset + m.byte_length <= f.bytes
                """,
                holder,
                hints.stream().map(hint -> hint.slice().batchId()).toArray(String[]::new),
                hints.stream().map(hint -> hint.slice().seq()).toArray(Integer[]::new),
                hints.stream().map(SliceHint::claim).toArray(Integer[]::new))) {
            claims.add(claimOf(row));
        }
        return claims;
    }

    private static byte @Nullable [] bytes(Row row, String column) {
        Buffer buffer = row.getBuffer(column);
        return buffer == null ? null : buffer.getBytes();
    }

    private static SliceClaim claimOf(Row row) {
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
                bytes(row, "bitmap"),
                row.getInteger("results_partition"),
                row.getLong("checkpoint_offset"),
                bytes(row, "bytes"),
                new SliceClaim.Past(
                        Waiting.decode(row.getJsonObject("attempts")),
                        row.getInteger("fruitless"),
                        Objects.requireNonNullElse(row.getInteger("suspect_line"), -1),
                        row.getBoolean("was_started"),
                        Objects.requireNonNullElse(row.getDouble("unreadable_seconds"), 0.0)));
    }

    /**
     * What became of a claimed slice: all of it is in Kafka up to an offset, or some of it goes back.
     *
     * @param fromMillis when what goes back may run again, in milliseconds since the epoch
     * @param attempts of the lines that go back, as {@link Waiting#encode} writes them
     * @param started whether results of it may be in Kafka, by this claim or an earlier one
     * @param unreadable whether its bytes cannot be read
     */
    record Report(
            SliceClaim claim,
            long lastOffset,
            boolean handBack,
            long fromMillis,
            @Nullable String attempts,
            boolean started,
            boolean unreadable) {
        long delayMillis() {
            return Math.max(0, fromMillis - System.currentTimeMillis());
        }
    }

    /** Writes reports; a slice that is no longer this holder's stays as it is. */
    void report(Collection<Report> reports) {
        database.run(
                """
                update slice s set
                  state = case when r.hand_back then 'pending' else 'reported' end,
                  holder = case when r.hand_back then null else s.holder end,
                  finished_offset = r.last_offset, changed_at = now(), suspect_line = null,
                  attempts = r.attempts::jsonb, started = r.started,
                  unreadable_since = case when r.unreadable then coalesce(s.unreadable_since, now()) end,
                  not_before = case when r.delay > 0 then now() + make_interval(secs => r.delay / 1000.0) end
                from unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::bigint[], $6::boolean[], $7::bigint[], $8::text[],
                  $9::boolean[], $10::boolean[])
                  as r (batch_id, seq, claim, holder, last_offset, hand_back, delay, attempts, started, unreadable)
                where s.batch_id = r.batch_id and s.seq = r.seq and s.claim = r.claim and s.holder = r.holder
                  and s.state = 'claimed'
                """,
                reports.stream().map(r -> r.claim().slice().batchId()).toArray(String[]::new),
                reports.stream().map(r -> r.claim().slice().seq()).toArray(Integer[]::new),
                reports.stream().map(r -> r.claim().claim()).toArray(Integer[]::new),
                reports.stream().map(r -> r.claim().holder()).toArray(String[]::new),
                reports.stream().map(Report::lastOffset).toArray(Long[]::new),
                reports.stream().map(Report::handBack).toArray(Boolean[]::new),
                reports.stream().map(Report::delayMillis).toArray(Long[]::new),
                reports.stream().map(Report::attempts).toArray(String[]::new),
                reports.stream().map(Report::started).toArray(Boolean[]::new),
                reports.stream().map(Report::unreadable).toArray(Boolean[]::new));
    }

    /**
     * Hands back what a holder has for some time and does not know of.
     *
     * @param held for how long at least; what a claim may still bring must be younger
     * @return how many slices
     */
    int handBackUnknown(String holder, Collection<SliceClaim> known, Duration held) {
        return database.run(
                        """
                        update slice s set state = 'pending', holder = null, changed_at = now()
                        where s.state = 'claimed' and s.holder = $1
                          and s.changed_at <= now() - make_interval(secs => $2)
                          and not exists (
                            select 1 from unnest($3::text[], $4::int[], $5::int[]) as k (batch_id, seq, claim)
                            where k.batch_id = s.batch_id and k.seq = s.seq and k.claim = s.claim)
                        """,
                        holder,
                        held.toMillis() / 1000.0,
                        known.stream().map(claim -> claim.slice().batchId()).toArray(String[]::new),
                        known.stream().map(claim -> claim.slice().seq()).toArray(Integer[]::new),
                        known.stream().map(SliceClaim::claim).toArray(Integer[]::new))
                .rowCount();
    }

    /**
     * Hands back what was held under an identity that this process has lost though it lives: that says nothing against the lines. So
     * nothing is counted, nothing stays noted, and what the leader has counted before is taken back.
     */
    void handBackLost(Collection<SliceClaim> lost) {
        if (lost.isEmpty()) {
            return;
        }
        database.inTransaction(transaction -> {
            Set<SliceId> held = new HashSet<>();
            change(transaction, lost, """
                    set state = 'pending', holder = null, changed_at = now(), suspect_line = null
                    from lost l where s.batch_id = l.batch_id and s.seq = l.seq and s.claim = l.claim
                      and s.holder = l.holder and s.state = 'claimed'""").forEach(row -> held.add(new SliceId(row.getString(0), row.getInteger(1))));
            List<SliceClaim> counted =
                    lost.stream().filter(claim -> !held.contains(claim.slice())).toList();
            return change(transaction, counted, """
                    set fruitless = greatest(fruitless - 1, 0),
                      suspect_line = case when s.state = 'claimed' then s.suspect_line end
                    from lost l where s.batch_id = l.batch_id and s.seq = l.seq and s.claim >= l.claim
                      and s.holder is distinct from l.holder and s.state in ('pending', 'released', 'claimed')""");
        });
    }

    private static RowSet<Row> change(
            Database.Transaction transaction, Collection<SliceClaim> claims, String assignments) {
        return transaction.run(
                """
                with lost as (
                  select * from unnest($1::text[], $2::int[], $3::int[], $4::text[]) as l (batch_id, seq, claim, holder))
                update slice s %s returning s.batch_id, s.seq
                """.formatted(assignments),
                claims.stream().map(claim -> claim.slice().batchId()).toArray(String[]::new),
                claims.stream().map(claim -> claim.slice().seq()).toArray(Integer[]::new),
                claims.stream().map(SliceClaim::claim).toArray(Integer[]::new),
                claims.stream().map(SliceClaim::holder).toArray(String[]::new));
    }

    /**
     * Notes which line of a suspect slice is about to run alone, so that whoever gets the slice after this process died knows.
     *
     * @return false when the slice is no longer this holder's
     */
    boolean noteSuspect(SliceClaim claim, int line) {
        return database.run("""
                        update slice set suspect_line = $5
                        where batch_id = $1 and seq = $2 and claim = $3 and holder = $4 and state = 'claimed'
                        """, claim.slice().batchId(), claim.slice().seq(), claim.claim(), claim.holder(), line)
                        .rowCount()
                == 1;
    }

    /** Lets slices go that were handed back until a model can be called again, for it can. */
    void recall(String model) {
        database.run("""
                update slice set not_before = null
                where state = 'pending' and not_before between now() and now() + make_interval(secs => $2)
                  and (model is null or model = $1)
                """, model, (double) TimeUnit.MILLISECONDS.toSeconds(WaitingCalls.MOST_SHUT_MILLIS));
    }

    /** Which of these batches have a stop reason. */
    Set<String> stopped(Collection<String> batchIds) {
        return among(batchIds, "stop_reason is not null or status <> 'in_progress'");
    }

    /** Which of these batches are paused. */
    Set<String> paused(Collection<String> batchIds) {
        return among(batchIds, "paused_at is not null");
    }

    private Set<String> among(Collection<String> batchIds, String condition) {
        Set<String> found = new HashSet<>();
        if (!batchIds.isEmpty()) {
            database.run("select id from batch where id = any($1) and (" + condition + ")", (Object)
                            batchIds.toArray(String[]::new))
                    .forEach(row -> found.add(row.getString(0)));
        }
        return found;
    }
}
