package dev.longhaul.dispatcher.schedule;

import static dev.longhaul.dispatcher.schedule.BacklogStore.OPEN_LINES;

import dev.longhaul.model.SliceHint;
import dev.longhaul.model.SliceId;
import dev.longhaul.store.Database;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Releases slices and sends their hints again. Every write depends on the leader's lease. */
@ApplicationScoped
class ScheduleStore {
    /** When the hint of a released slice that nobody claimed is sent again. */
    private static final double HINT_SECONDS = 3;

    private final Database database;

    ScheduleStore(Database database) {
        this.database = database;
    }

    /** What is released and not claimed. */
    record Unclaimed(int slices, int lines) {}

    /** What is released and not claimed, by what it asks for. */
    Map<Demand, Unclaimed> unclaimed() {
        Map<Demand, Unclaimed> unclaimed = new HashMap<>();
        for (Row row : database.run("""
                select coalesce(s.model, ''), b.endpoint, count(*)::int, sum(%s)::int
                from slice s join batch b on b.id = s.batch_id where s.state = 'released' group by 1, 2
                """.formatted(OPEN_LINES))) {
            unclaimed.put(
                    Demand.ofKey(row.getString(0), row.getString(1)),
                    new Unclaimed(row.getInteger(2), row.getInteger(3)));
        }
        return unclaimed;
    }

    /** A released slice: its hint, and its length in the input file. */
    record Released(SliceHint hint, int bytes) {}

    /** Releases slices under new claim numbers; what is no longer pending or was stopped is left out. */
    List<Released> release(Leadership leader, Collection<SliceId> slices) {
        return released(database.run(
                """
                with %s
                update slice s set state = 'released', claim = s.claim + 1, changed_at = now()
                from unnest($3::text[], $4::int[]) as c (batch_id, seq), batch b
                where s.batch_id = c.batch_id and s.seq = c.seq and s.state = 'pending'
                  and b.id = s.batch_id and b.status = 'in_progress' and b.stop_reason is null and b.paused_at is null
                  and exists (select 1 from led)
                returning s.batch_id, s.seq, s.claim, s.byte_length
                """.formatted(Leadership.LED),
                leader.holder(),
                leader.epoch(),
                slices.stream().map(SliceId::batchId).toArray(String[]::new),
                slices.stream().map(SliceId::seq).toArray(Integer[]::new)));
    }

    /**
     * The hints to send again, under the same claim numbers, so that a hint which is merely late stays good: of slices that nobody
     * claimed for some seconds although somebody would take them.
     */
    List<Released> again(Leadership leader, Collection<Demand> wanted) {
        return released(database.run(
                """
                with %s
                update slice s set changed_at = now() from batch b
                where s.state = 'released' and s.changed_at < now() - make_interval(secs => $3) and b.id = s.batch_id
                  and (coalesce(s.model, ''), b.endpoint) in (select * from unnest($4::text[], $5::text[]))
                  and exists (select 1 from led)
                returning s.batch_id, s.seq, s.claim, s.byte_length
                """.formatted(Leadership.LED),
                leader.holder(),
                leader.epoch(),
                HINT_SECONDS,
                wanted.stream().map(Demand::key).toArray(String[]::new),
                wanted.stream().map(Demand::endpoint).toArray(String[]::new)));
    }

    private static List<Released> released(RowSet<Row> rows) {
        List<Released> released = new ArrayList<>();
        rows.forEach(row -> released.add(new Released(
                new SliceHint(new SliceId(row.getString(0), row.getInteger(1)), row.getInteger(2)),
                row.getInteger(3))));
        return released;
    }
}
