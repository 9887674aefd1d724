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
    private static final String SLICES = """
            insert into slice (batch_id, seq, byte_offset, byte_length, first_line, line_count, model, bitmap)
            select b.id, u.* from b cross join unnest(
              $%d::int[], $%d::bigint[], $%d::int[], $%d::bigint[], $%d::int[], $%d::text[], $%d::bytea[]) u""";

    private static final String START_SLICES = SLICES.formatted(7, 8, 9, 10, 11, 12, 13);
    private static final String MORE_SLICES =
            "with b as (select $1::text as id) " + SLICES.formatted(2, 3, 4, 5, 6, 7, 8);

    private final Database database;
    private final Transitions transitions;

    PlanStore(Database database, Transitions transitions) {
        this.database = database;
        this.transitions = transitions;
    }

    /**
     * A batch to plan.
     *
     * @param ageSeconds how long ago the batch was created
     * @param retry the lines to run; null for all
     * @param waited why its last attempt was put back; null when it was not
     */
    record Claimed(
            String batchId,
            int attempt,
            Input input,
            String endpoint,
            boolean oneModelOnly,
            double ageSeconds,
            Bounds bounds,
            @Nullable Retry retry,
            @Nullable Waited waited,
            PlanLane lane,
            String tenantId) {
        /** How long it has waited for one reason so far. */
        double waitedSeconds(PlanWait reason) {
            return waited != null && waited.reason() == reason ? waited.seconds() : 0;
        }
    }

    /**
     * A batch's input file.
     *
     * @param bytes its size; null when the tenant had no such file when the batch was created
     * @param inline the whole of it, if PostgreSQL keeps it in one piece
     */
    record Input(String fileId, @Nullable Long bytes, byte @Nullable [] inline) {}

    /** How long a batch has waited, by the reason why its plan was put back. */
    record Waited(PlanWait reason, double seconds) {}

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
        Optional<PlanProblem> tooMany = LineBounds.ofJob(plan.bounds(), valid.lines());
        if (tooMany.isPresent()) {
            reject(plan, List.of(tooMany.get()));
            return false;
        }
        if (plan.bounds().queueLines() == null) {
            return transitions.apply(database, plan.batchId(), startOf(plan, portion, valid));
        }
        return asAttempt(plan, transaction -> {
            Optional<PlanProblem> tooManyInAll = LineBounds.ofTenant(transaction, plan, valid.lines());
            if (tooManyInAll.isPresent()) {
                reject(transaction, plan, List.of(tooManyInAll.get()));
                return false;
            }
            return transitions.apply(transaction, plan.batchId(), startOf(plan, portion, valid));
        });
    }

    /** One statement for it all: a small batch's plan costs no further one, and no transaction around it. */
    private static Transitions.Change startOf(Claimed plan, List<PlannedSlice> portion, PlanOutcome.Valid valid) {
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(plan.attempt());
        parameters.add(valid.lines());
        parameters.add(valid.soleModel());
        parameters.addAll(columns(portion));
        return new Transitions.Change(
                Transition.START, """
                lines_total = $5::bigint, model = $6, plan_lease_until = null,
                error_limit = case when right(max_errors, 1) = '%'
                  then floor($5::bigint * rtrim(max_errors, '%')::numeric / 100)::bigint else max_errors::bigint end""", "plan_attempt = $4 and stop_reason is null", START_SLICES, parameters);
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
        List<Object> parameters = new ArrayList<>(List.of(plan.batchId()));
        parameters.addAll(columns(portion));
        transaction.run(MORE_SLICES, parameters.toArray());
    }

    private static List<Object> columns(List<PlannedSlice> portion) {
        return List.of(
                portion.stream().map(PlannedSlice::seq).toArray(Integer[]::new),
                portion.stream().map(PlannedSlice::offset).toArray(Long[]::new),
                portion.stream().map(PlannedSlice::length).toArray(Integer[]::new),
                portion.stream().map(PlannedSlice::firstLine).toArray(Long[]::new),
                portion.stream().map(PlannedSlice::lines).toArray(Integer[]::new),
                portion.stream().map(PlannedSlice::model).toArray(String[]::new),
                // Lines left out of a retry count as done from the start.
                portion.stream().map(slice -> buffer(slice.leftOut())).toArray(Buffer[]::new));
    }

    private static @Nullable Buffer buffer(byte @Nullable [] bytes) {
        return bytes == null ? null : Buffer.buffer(bytes);
    }
}
