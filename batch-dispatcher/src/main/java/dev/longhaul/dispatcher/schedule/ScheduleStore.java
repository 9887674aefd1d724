package dev.longhaul.dispatcher.schedule;

import dev.longhaul.dispatcher.lease.DeadDispatchers;
import dev.longhaul.model.SliceHint;
import dev.longhaul.model.SliceId;
import dev.longhaul.store.Database;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the leader reads and writes. Every write is in a transaction that has checked the leader's lease. */
@ApplicationScoped
class ScheduleStore {
    /** A released slice that nobody claimed for so long is released again. */
    private static final double UNCLAIMED_SECONDS = 3;
    /** A slice's lines that have no sealed result and are not left out. */
    private static final String OPEN_LINES = "(line_count - coalesce(bit_count(bitmap), 0))::int";

    private final Database database;
    private final DeadDispatchers dead;

    ScheduleStore(Database database, DeadDispatchers dead) {
        this.database = database;
        this.dead = dead;
    }

    /** Lines released and not yet claimed, by what they ask for. */
    Map<Demand, Integer> released() {
        Map<Demand, Integer> lines = new HashMap<>();
        for (Row row : database.run("""
                select s.model, b.endpoint, sum(%s)::int from slice s join batch b on b.id = s.batch_id
                where s.state = 'released' group by 1, 2
                """.formatted(OPEN_LINES))) {
            lines.put(new Demand(row.getString(0), row.getString(1)), row.getInteger(2));
        }
        return lines;
    }

    /**
     * Slices that could go now, some of each running batch, of those that have somewhere to go.
     *
     * @param perBatch how many of a batch at most
     * @param inAll how many of all; the more batches run, the fewer of each, but one at least, so that none hides another
     */
    List<Candidate> candidates(List<Demand> hungry, int perBatch, int inAll) {
        List<Candidate> candidates = new ArrayList<>();
        for (Row row : database.run(
                """
                with hungry as materialized (
                  select endpoint, array_agg(model) as models from unnest($1::text[], $2::text[]) as h (model, endpoint)
                  group by endpoint),
                running as materialized (
                  select id, tenant_id, endpoint, expires_at, created_at from batch
                  where status = 'in_progress' and stop_reason is null and paused_at is null)
                select b.id, b.tenant_id, b.endpoint, b.expires_at, b.created_at, s.seq, s.open_lines, s.model
                from running b left join hungry h on h.endpoint = b.endpoint cross join lateral (
                  select seq, %s as open_lines, model from slice
                  where batch_id = b.id and state = 'pending' and (not_before is null or not_before <= now())
                    and (model is null or model = any(h.models))
                  order by seq limit greatest(1, least($3::bigint, $4::bigint / (select count(*) from running)))) s
                """.formatted(OPEN_LINES),
                hungry.stream().map(Demand::model).toArray(String[]::new),
                hungry.stream().map(Demand::endpoint).toArray(String[]::new),
                (long) perBatch,
                (long) inAll)) {
            candidates.add(new Candidate(
                    new SliceId(row.getString("id"), row.getInteger("seq")),
                    row.getInteger("open_lines"),
                    new Demand(row.getString("model"), row.getString("endpoint")),
                    row.getString("tenant_id"),
                    row.get(OffsetDateTime.class, "expires_at").toInstant(),
                    row.get(OffsetDateTime.class, "created_at").toInstant()));
        }
        return candidates;
    }

    /** The models of the pending slices, found by one index step a model however many slices there are. */
    List<String> pendingModels() {
        List<String> models = new ArrayList<>();
        for (Row row : database.run("""
                with recursive step as (
                  (select model from slice where state = 'pending' and model is not null order by model limit 1)
                  union all
                  select (select s.model from slice s
                    where s.state = 'pending' and s.model > step.model order by s.model limit 1)
                  from step where step.model is not null)
                select model from step where model is not null
                """)) {
            models.add(row.getString(0));
        }
        return models;
    }

    /** Releases slices under new claim numbers; what is no longer pending or was stopped is left out. */
    List<SliceHint> release(Database.Transaction transaction, List<SliceId> slices) {
        List<SliceHint> hints = new ArrayList<>();
        for (Row row : transaction.run(
                """
                update slice s set state = 'released', claim = s.claim + 1, changed_at = now()
                from unnest($1::text[], $2::int[]) as c (batch_id, seq), batch b
                where s.batch_id = c.batch_id and s.seq = c.seq and s.state = 'pending'
                  and b.id = s.batch_id and b.status = 'in_progress' and b.stop_reason is null and b.paused_at is null
                returning s.batch_id, s.seq, s.claim
                """,
                slices.stream().map(SliceId::batchId).toArray(String[]::new),
                slices.stream().map(SliceId::seq).toArray(Integer[]::new))) {
            hints.add(new SliceHint(new SliceId(row.getString(0), row.getInteger(1)), row.getInteger(2)));
        }
        return hints;
    }

    /**
     * Takes back what nobody works on: slices of dead dispatchers, released ones that nobody claimed, and reported ones that the
     * checkpoint has passed without all of their lines.
     *
     * @param leader the identity of the process that asks
     * @return how many
     */
    int reclaim(Database.Transaction transaction, String leader) {
        dead.bury(transaction, leader);
        int reclaimed = transaction.run("""
                        update slice set state = 'pending', holder = null, changed_at = now(), fruitless = fruitless + 1
                        where state = 'claimed' and not exists (select 1 from process p where p.id = holder)
                        """).rowCount();
        reclaimed += transaction.run("""
                        update slice set state = 'pending', changed_at = now()
                        where state = 'released' and changed_at < now() - make_interval(secs => $1)
                        """, UNCLAIMED_SECONDS).rowCount();
        return reclaimed + transaction.run("""
                                update slice s set state = 'pending', holder = null, changed_at = now()
                                from batch b join results_partition p on p.partition = b.results_partition
                                where s.state = 'reported' and b.id = s.batch_id and b.stop_reason is null
                                  and p.checkpoint_offset > s.finished_offset
                                """).rowCount();
    }
}
