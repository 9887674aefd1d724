package dev.longhaul.dispatcher.plan;

import dev.longhaul.store.Database;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Who plans which batch, in PostgreSQL: an attempt number and a lease on the batch's row. */
@ApplicationScoped
class PlanClaims {
    static final double LEASE_SECONDS = 15;

    private static final String OPEN = "status = 'validating' and stop_reason is null";
    private static final String DUE = "coalesce(plan_lease_until, created_at)";

    /**
     * Steps from tenant to tenant, beginning behind the one that had the last turn, and looks at the first due batches of each. The cost
     * grows with the tenants that have something to plan, by one index step each, and with nothing else. More are looked at than are
     * claimed, since another planner may be claiming the same ones at this moment.
     */
    private static final String CLAIM =
            """
            with lanes as materialized (
              select * from unnest($2::int[], $3::int[], $4::text[]) as l (lane, slots, after)),
            mine as (
              select c.id, l.lane from lanes l cross join lateral (
                with recursive step (tenant, wrapped) as (
                  (select * from (
                    (select tenant_id, false from batch
                      where {open} and {lane} = l.lane and tenant_id > l.after order by tenant_id limit 1)
                    union all
                    (select tenant_id, true from batch where {open} and {lane} = l.lane order by tenant_id limit 1)) f limit 1)
                  union all
                  select n.* from step s cross join lateral (
                    select * from (
                      (select tenant_id, s.wrapped from batch
                        where {open} and {lane} = l.lane and tenant_id > s.tenant order by tenant_id limit 1)
                      union all
                      (select tenant_id, true from batch
                        where not s.wrapped and {open} and {lane} = l.lane order by tenant_id limit 1)) u limit 1)
                    n (tenant, wrapped)
                  where not (n.wrapped and n.tenant > l.after)),
                found as materialized (
                  select d.id, d.turn from step s cross join lateral (
                    select id, row_number() over (order by {due}) as turn from batch
                    where {open} and {lane} = l.lane and tenant_id = s.tenant and {due} <= now()
                    order by {due} limit 2 * l.slots) d
                  limit 16 * l.slots)
                select b.id from batch b join found f on f.id = b.id
                where {open} and {due} <= now()
                order by f.turn limit l.slots for update of b skip locked) c)
            update batch b set plan_attempt = plan_attempt + 1, plan_holder = $1,
              plan_lease_until = now() + make_interval(secs => $5)
            from mine where b.id = mine.id
            returning b.id, b.tenant_id, mine.lane, b.plan_attempt, b.input_file_id, b.endpoint, b.single_model,
              b.required_model, b.max_lines, b.queue_lines, b.retry_file_id, b.retry_codes, b.plan_waits,
              extract(epoch from now() - b.created_at)::float8 as age,
              extract(epoch from now() - b.plan_waits_since)::float8 as waited,
              -- Deleted since or not: the bytes of a file that was there stay as long as the batch is open.
              (select f.bytes from file f where f.id = b.input_file_id and f.tenant_id = b.tenant_id
                and f.purpose = 'batch' and b.input_bytes > 0 and f.erased_at is null) as bytes,
              (select s.inline from file_segment s
                where s.file_id = b.input_file_id and s.seq = 0 and s.bytes = b.input_bytes) as inline
            """.replace("{open}", OPEN).replace("{lane}", PlanLane.SQL).replace("{due}", DUE);

    /** The holders of plans, found by one index step each, and their plans if they are no longer there. */
    private static final String FREE = """
            with recursive step as (
              (select plan_holder from batch
                where status = 'validating' and plan_holder is not null order by plan_holder limit 1)
              union all
              select (select b.plan_holder from batch b
                where b.status = 'validating' and b.plan_holder > step.plan_holder order by b.plan_holder limit 1)
              from step where step.plan_holder is not null)
            update batch b set plan_lease_until = now() from step
            where b.status = 'validating' and b.plan_holder = step.plan_holder and b.plan_lease_until > now()
              and not exists (select 1 from process p where p.id = step.plan_holder)""";

    private final Database database;

    PlanClaims(Database database) {
        this.database = database;
    }

    /**
     * What a process can plan in one lane.
     *
     * @param slots plans that may start
     * @param after the tenant that had the last turn
     */
    record Room(PlanLane lane, int slots, String after) {}

    /** Claims batches that are due, tenants in turn. */
    List<PlanStore.Claimed> claim(String holder, List<Room> rooms) {
        List<PlanStore.Claimed> claimed = new ArrayList<>();
        for (Row row : database.run(
                CLAIM,
                holder,
                rooms.stream().map(room -> room.lane().number()).toArray(Integer[]::new),
                rooms.stream().map(Room::slots).toArray(Integer[]::new),
                rooms.stream().map(Room::after).toArray(String[]::new),
                LEASE_SECONDS)) {
            claimed.add(claimed(row));
        }
        return claimed;
    }

    private static PlanStore.Claimed claimed(Row row) {
        String waits = row.getString("plan_waits");
        Buffer inline = row.getBuffer("inline");
        return new PlanStore.Claimed(
                row.getString("id"),
                row.getInteger("plan_attempt"),
                new PlanStore.Input(
                        row.getString("input_file_id"),
                        row.getLong("bytes"),
                        inline == null ? null : inline.getBytes()),
                row.getString("endpoint"),
                row.getBoolean("single_model"),
                row.getDouble("age"),
                new PlanStore.Bounds(
                        row.getString("required_model"), row.getLong("max_lines"), row.getLong("queue_lines")),
                PlanStore.Retry.of(row),
                waits == null ? null : new PlanStore.Waited(PlanWait.ofWireName(waits), row.getDouble("waited")),
                PlanLane.ofNumber(row.getInteger("lane")),
                row.getString("tenant_id"));
    }

    /** Renews the plan's lease and notes how far it is; false when the attempt is no longer the batch's. */
    boolean renew(PlanStore.Claimed plan, long bytesPlanned) {
        return database.run("""
                        update batch set plan_lease_until = now() + make_interval(secs => $3), plan_bytes = $4
                        where id = $1 and plan_attempt = $2 and status = 'validating' and stop_reason is null
                        """, plan.batchId(), plan.attempt(), LEASE_SECONDS, bytesPlanned)
                        .rowCount()
                == 1;
    }

    /** Lets the batch go; its next attempt is due after a while. */
    void putBack(PlanStore.Claimed plan, PlanWait reason, double delaySeconds) {
        database.run("""
                update batch set plan_lease_until = now() + make_interval(secs => $4), plan_waits = $3,
                  plan_waits_since = case when plan_waits = $3 then plan_waits_since else now() end
                where id = $1 and plan_attempt = $2 and status = 'validating'
                """, plan.batchId(), plan.attempt(), reason.wireName(), delaySeconds);
    }

    /** Makes those due now that wait for something. */
    void release(PlanWait reason) {
        database.run("""
                update batch set plan_lease_until = now()
                where status = 'validating' and plan_waits = $1 and plan_lease_until > now()""", reason.wireName());
    }

    /** Makes the plans of processes due that no longer exist. */
    void freeOfLostPlanners() {
        database.run(FREE);
    }

    /** Who had the last turn of each lane once these are claimed: the last one on the way that the claim took. */
    static Map<PlanLane, String> turns(List<Room> rooms, List<PlanStore.Claimed> claimed) {
        Map<PlanLane, String> turns = new EnumMap<>(PlanLane.class);
        for (Room room : rooms) {
            claimed.stream()
                    .filter(plan -> plan.lane() == room.lane())
                    .map(PlanStore.Claimed::tenantId)
                    .max(Comparator.comparing((String tenant) -> tenant.compareTo(room.after()) <= 0)
                            .thenComparing(Comparator.naturalOrder()))
                    .ifPresent(tenant -> turns.put(room.lane(), tenant));
        }
        return turns;
    }
}
