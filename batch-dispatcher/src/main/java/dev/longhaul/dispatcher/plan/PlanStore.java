package dev.longhaul.dispatcher.plan;

import dev.longhaul.model.Transition;
import dev.longhaul.store.Database;
import dev.longhaul.store.Transitions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Plans in PostgreSQL. A plan belongs to the attempt that the batch row names: everything an attempt writes asks for its number first,
 * under a lock, so that one that was overtaken writes nothing.
 */
@ApplicationScoped
class PlanStore {
    private static final double LEASE_SECONDS = 15;

    private final Database database;
    private final Transitions transitions;

    PlanStore(Database database, Transitions transitions) {
        this.database = database;
        this.transitions = transitions;
    }

    /**
     * A batch to plan.
     *
     * @param fileBytes the input file's size; null when the tenant had no such file when the batch was created
     * @param ageSeconds how long ago the batch was created
     * @param retry the lines to run; null for all
     */
    record Claimed(
            String batchId,
            int attempt,
            String fileId,
            @Nullable Long fileBytes,
            String endpoint,
            boolean oneModelOnly,
            double ageSeconds,
            Bounds bounds,
            @Nullable Retry retry) {}

    /**
     * What the batch's job and tenant allow; null for all.
     *
     * @param model that all lines must name
     * @param maxLines of the batch
     * @param queueLines of all open batches of the tenant
     */
    record Bounds(
            @Nullable String model,
            @Nullable Long maxLines,
            @Nullable Long queueLines) {
        static final Bounds NONE = new Bounds(null, null, null);
    }

    /**
     * The lines of an error file, chosen by their codes.
     *
     * @param errorCodes null for all
     */
    record Retry(String errorFileId, @Nullable Set<String> errorCodes) {
        static @Nullable Retry of(Row row) {
            String fileId = row.getString("retry_file_id");
            String[] codes = row.getArrayOfStrings("retry_codes");
            return fileId == null ? null : new Retry(fileId, codes == null ? null : Set.copyOf(Arrays.asList(codes)));
        }
    }

    /** Claims batches that nobody plans, oldest first, of input sizes in {@code [least, most)}. */
    List<Claimed> claim(String holder, long least, long most, int count) {
        List<Claimed> claimed = new ArrayList<>();
        for (Row row : database.run("""
                with next as (
                  select id from batch
                  where status = 'validating' and stop_reason is null and input_bytes >= $2 and input_bytes < $3
                    and (plan_lease_until is null or plan_lease_until < now()
                      or not exists (select 1 from process p where p.id = plan_holder))
                  order by created_at limit $4 for update skip locked)
                update batch b set plan_attempt = plan_attempt + 1, plan_holder = $1,
                  plan_lease_until = now() + make_interval(secs => $5)
                from next where b.id = next.id
                returning b.id, b.plan_attempt, b.input_file_id, b.endpoint, b.single_model,
                  b.required_model, b.max_lines, b.queue_lines, b.retry_file_id, b.retry_codes,
                  extract(epoch from now() - b.created_at)::float8 as age,
                  -- Deleted since or not: the bytes of a file that was there stay as long as the batch is open.
                  (select f.bytes from file f where f.id = b.input_file_id and f.tenant_id = b.tenant_id
                    and f.purpose = 'batch' and b.input_bytes > 0 and f.erased_at is null) as bytes
                """, holder, least, most, count, LEASE_SECONDS)) {
            claimed.add(new Claimed(
                    row.getString("id"),
                    row.getInteger("plan_attempt"),
                    row.getString("input_file_id"),
                    row.getLong("bytes"),
                    row.getString("endpoint"),
                    row.getBoolean("single_model"),
                    row.getDouble("age"),
                    new Bounds(row.getString("required_model"), row.getLong("max_lines"), row.getLong("queue_lines")),
                    Retry.of(row)));
        }
        return claimed;
    }

    /** Renews the plan's lease and says how far it is; false when the attempt is no longer the batch's. */
    boolean renew(Claimed plan, long bytesPlanned) {
        return database.run("""
                        update batch set plan_lease_until = now() + make_interval(secs => $3), plan_bytes = $4
                        where id = $1 and plan_attempt = $2 and status = 'validating' and stop_reason is null
                        """, plan.batchId(), plan.attempt(), LEASE_SECONDS, bytesPlanned)
                        .rowCount()
                == 1;
    }

    /** Lets the batch go: the next attempt may begin in a second. */
    void abandon(Claimed plan) {
        database.run("""
                update batch set plan_lease_until = now() + interval '1 s'
                where id = $1 and plan_attempt = $2 and status = 'validating'
                """, plan.batchId(), plan.attempt());
    }

    /** Sweeps what an earlier attempt left; false when the attempt is overtaken. */
    boolean begin(Claimed plan) {
        return plan.attempt() == 1
                || asAttempt(plan, transaction -> {
                    transaction.run("delete from slice where batch_id = $1", plan.batchId());
                    return true;
                });
    }

    /** Stores a portion of slices; false when the attempt is overtaken. */
    boolean store(Claimed plan, List<PlannedSlice> portion) {
        return asAttempt(plan, transaction -> {
            insert(transaction, plan, portion);
            return true;
        });
    }

    /**
     * Stores the last portion and starts the batch; false when the attempt is overtaken, the batch was stopped, or it has more lines
     * than it may and has failed.
     */
    boolean start(Claimed plan, List<PlannedSlice> portion, PlanOutcome.Valid valid) {
        return asAttempt(plan, transaction -> {
            Optional<PlanProblem> tooMany = LineBounds.exceeded(transaction, plan, valid.lines());
            if (tooMany.isPresent()) {
                reject(transaction, plan, List.of(tooMany.get()));
                return false;
            }
            insert(transaction, plan, portion);
            transaction.run("""
                    update batch set lines_total = $2::bigint, model = $3, plan_lease_until = null,
                      error_limit = case when right(max_errors, 1) = '%'
                        then floor($2::bigint * rtrim(max_errors, '%')::numeric / 100)::bigint else max_errors::bigint end
                    where id = $1""", plan.batchId(), valid.lines(), valid.soleModel());
            return transitions
                    .apply(transaction, plan.batchId(), Transition.START)
                    .isPresent();
        });
    }

    /** Fails the batch with what is wrong with its file; false when the attempt is overtaken or the batch was stopped. */
    boolean reject(Claimed plan, List<PlanProblem> problems) {
        return asAttempt(plan, transaction -> reject(transaction, plan, problems));
    }

    private boolean reject(Database.Transaction transaction, Claimed plan, List<PlanProblem> problems) {
        JsonArray data = new JsonArray();
        for (PlanProblem problem : problems) {
            data.add(new JsonObject()
                    .put("code", problem.code())
                    .put("message", problem.message())
                    .put("param", problem.param())
                    .put("line", problem.line()));
        }
        transaction.run("delete from slice where batch_id = $1", plan.batchId());
        if (transitions.apply(transaction, plan.batchId(), Transition.REJECT).isEmpty()) {
            return false;
        }
        transaction.run(
                "update batch set errors = $2, plan_lease_until = null where id = $1",
                plan.batchId(),
                new JsonObject().put("object", "list").put("data", data));
        return true;
    }

    private boolean asAttempt(Claimed plan, Function<Database.Transaction, Boolean> work) {
        return database.inTransaction(transaction ->
                transaction.run("""
                                select 1 from batch
                                where id = $1 and plan_attempt = $2 and status = 'validating' and stop_reason is null
                                for update
                                """, plan.batchId(), plan.attempt()).size() == 1 && work.apply(transaction));
    }

    private static void insert(Database.Transaction transaction, Claimed plan, List<PlannedSlice> portion) {
        if (portion.isEmpty()) {
            return;
        }
        transaction.run(
                """
                insert into slice (batch_id, seq, byte_offset, byte_length, first_line, line_count, model, bitmap)
                select $1, * from unnest(
                  $2::int[], $3::bigint[], $4::int[], $5::bigint[], $6::int[], $7::text[], $8::bytea[])
                """,
                plan.batchId(),
                portion.stream().map(PlannedSlice::seq).toArray(Integer[]::new),
                portion.stream().map(PlannedSlice::offset).toArray(Long[]::new),
                portion.stream().map(PlannedSlice::length).toArray(Integer[]::new),
                portion.stream().map(PlannedSlice::firstLine).toArray(Long[]::new),
                portion.stream().map(PlannedSlice::lines).toArray(Integer[]::new),
                portion.stream().map(PlannedSlice::model).toArray(String[]::new),
                // Who need not be run is as good as done, to everybody who comes after.
                portion.stream().map(slice -> buffer(slice.leftOut())).toArray(Buffer[]::new));
    }

    private static @Nullable Buffer buffer(byte @Nullable [] bytes) {
        return bytes == null ? null : Buffer.buffer(bytes);
    }
}
