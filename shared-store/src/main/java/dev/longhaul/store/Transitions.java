package dev.longhaul.store;

import dev.longhaul.model.Transition;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The one place that changes a batch's status. A transition is conditional on the status it starts from, sets its timestamp on
 * PostgreSQL's clock, raises the version and writes one outbox row, all in the caller's transaction.
 */
@ApplicationScoped
public class Transitions {
    /** The event's data is the batch as the transition left it; its id repeats when the relay repeats it. */
    static final String EVENT = event("b.status");

    private final Runnable signal;

    public Transitions(OutboxSignal signal) {
        this.signal = signal::raise;
    }

    private static String event(String type) {
        return """
            jsonb_build_object(
              'specversion', '1.0',
              'id', b.id || '/' || b.version,
              'source', '/longhaul',
              'type', 'dev.longhaul.batch.' || %s,
              'subject', b.id,
              'time', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
              'datacontenttype', 'application/json',
              'tenantid', b.tenant_id,
              'data', jsonb_build_object(
                'id', b.id, 'status', b.status, 'version', b.version, 'job_id', b.job_id, 'endpoint', b.endpoint,
                'model', b.model, 'input_file_id', b.input_file_id, 'output_file_id', b.output_file_id,
                'error_file_id', b.error_file_id, 'created_at', floor(extract(epoch from b.created_at))::bigint,
                'expires_at', floor(extract(epoch from b.expires_at))::bigint,
                'paused_at', floor(extract(epoch from b.paused_at))::bigint,
                'request_counts', jsonb_build_object(
                  'total', b.lines_total, 'completed', b.lines_completed, 'failed', b.lines_failed)))""".formatted(type);
    }

    /**
     * Takes a transition if the batch allows it.
     *
     * @return the batch's new version; empty, a normal answer, when the batch is in another status
     */
    public OptionalInt apply(Database.Transaction transaction, String batchId, Transition transition) {
        return applyIf(transaction, batchId, transition, "true");
    }

    /**
     * Takes a transition for each of these batches that allows it, in one statement. The caller has locked their rows in id order.
     *
     * @return the ids of those that took it
     */
    public List<String> applyAll(Database.Transaction transaction, Collection<String> batchIds, Transition transition) {
        return ids(take(transaction, batchIds, transition, "", "true"));
    }

    /**
     * As {@link #applyAll} for a terminal transition of a batch with results: those of its two result files that exist become its
     * output and error file.
     */
    public List<String> endAll(Database.Transaction transaction, Collection<String> batchIds, Transition transition) {
        String published = """
                , output_file_id = (select f.id from file f where f.id = batch.output_ref),
                error_file_id = (select f.id from file f where f.id = batch.error_ref)""";
        return ids(take(transaction, batchIds, transition, published, "true"));
    }

    /**
     * Takes a transition if the batch allows it and a further condition on the row {@code batch} holds.
     *
     * @param condition SQL over {@code batch} with parameters from {@code $4}
     */
    OptionalInt applyIf(
            Database.Transaction transaction, String batchId, Transition transition, String condition, Object... more) {
        RowSet<Row> rows = take(transaction, List.of(batchId), transition, "", condition, more);
        return rows.size() == 0
                ? OptionalInt.empty()
                : OptionalInt.of(rows.iterator().next().getInteger("version"));
    }

    /**
     * A transition of one batch together with what belongs to it, in one statement.
     *
     * @param assignments of further columns of {@code batch}
     * @param condition that the row {@code batch} must meet besides
     * @param insert a statement that reads the changed row as {@code b}
     * @param parameters of all three, from {@code $4}
     */
    public record Change(
            Transition transition,
            String assignments,
            String condition,
            String insert,
            List<@Nullable Object> parameters) {}

    /** As {@link #apply(Database.Transaction, String, Change)}, in a transaction of its own. */
    public boolean apply(Database database, String batchId, Change change) {
        boolean applied = database.run(sql(change), parameters(batchId, change)).size() > 0;
        if (applied) {
            signal.run();
        }
        return applied;
    }

    /** Takes a transition with what belongs to it; false, a normal answer, when the batch does not allow it. */
    public boolean apply(Database.Transaction transaction, String batchId, Change change) {
        boolean applied =
                transaction.run(sql(change), parameters(batchId, change)).size() > 0;
        if (applied) {
            transaction.afterCommit(signal);
        }
        return applied;
    }

    private static String sql(Change change) {
        return sql(
                change.transition(),
                ", " + change.assignments(),
                change.condition(),
                ", inserted as (" + change.insert() + ")");
    }

    private static @Nullable Object[] parameters(String batchId, Change change) {
        return parameters(
                List.of(batchId), change.transition(), change.parameters().toArray());
    }

    /**
     * Pauses a batch that may still start lines, or lets it go on: no change of its status, yet one that is told like them.
     *
     * @return whether it was news; a batch that is in the wanted state, or past it, stays as it is
     */
    boolean setPaused(Database.Transaction transaction, String tenantId, String batchId, boolean paused) {
        String sql =
                """
                with b as (
                  update batch set paused_at = %s, version = version + 1
                  where id = $1 and tenant_id = $2 and status in ('validating', 'in_progress') and stop_reason is null
                    and paused_at is %s null
                  returning *)
                insert into outbox (batch_id, event) select b.id, %s from b
                """.formatted(paused ? "now()" : "null", paused ? "" : "not", event(paused ? "'paused'" : "'resumed'"));
        boolean news = transaction.run(sql, batchId, tenantId).rowCount() == 1;
        if (news) {
            transaction.afterCommit(signal);
        }
        return news;
    }

    private RowSet<Row> take(
            Database.Transaction transaction,
            Collection<String> batchIds,
            Transition transition,
            String assignments,
            String condition,
            Object... more) {
        RowSet<Row> rows =
                transaction.run(sql(transition, assignments, condition, ""), parameters(batchIds, transition, more));
        if (rows.size() > 0) {
            transaction.afterCommit(signal);
        }
        return rows;
    }

    private static String sql(Transition transition, String assignments, String condition, String further) {
        return """
                with b as (
                  update batch set status = $2, %s = now(), version = version + 1,
                    paused_at = case when $2 = 'in_progress' then paused_at end%s
                  where id = any($1) and status = any($3) and (%s) returning *)%s
                insert into outbox (batch_id, event) select b.id, %s from b order by b.id
                returning batch_id, (event -> 'data' ->> 'version')::int as version
                """.formatted(transition.to().timestampColumn(), assignments, condition, further, EVENT);
    }

    private static @Nullable Object[] parameters(
            Collection<String> batchIds, Transition transition, @Nullable Object... more) {
        @Nullable Object[] parameters = new Object[3 + more.length];
        parameters[0] = batchIds.toArray(String[]::new);
        parameters[1] = transition.to().wireName();
        parameters[2] = transition.fromWireNames().toArray(String[]::new);
        System.arraycopy(more, 0, parameters, 3, more.length);
        return parameters;
    }

    private static List<String> ids(RowSet<Row> rows) {
        List<String> ids = new ArrayList<>();
        rows.forEach(row -> ids.add(row.getString("batch_id")));
        return List.copyOf(ids);
    }
}
