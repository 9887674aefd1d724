package dev.longhaul.store;

import dev.longhaul.model.Ids;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Jobs as tenants make, see and delete them. Methods block and throw {@link StoreException}s. */
@ApplicationScoped
public class JobStore {
    private static final String OPERATION = "job";

    /** The id of a deleted job may be taken again. */
    private static final String INSERT = """
            insert into job (tenant_id, id, name, endpoint, model, completion_window, window_seconds, priority,
              single_model, max_lines)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict (tenant_id, id) do update set name = excluded.name, endpoint = excluded.endpoint,
              model = excluded.model, completion_window = excluded.completion_window,
              window_seconds = excluded.window_seconds, priority = excluded.priority,
              single_model = excluded.single_model, max_lines = excluded.max_lines, created_at = now(), deleted_at = null
              where job.deleted_at is not null
            returning *""";

    private final Database database;

    public JobStore(Database database) {
        this.database = database;
    }

    /** The tenant has a job of that id already. */
    public static final class TakenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TakenException(String id) {
            super("there is a job " + id);
        }
    }

    /** What became of a deletion. */
    public enum Deletion {
        DELETED,
        UNKNOWN,
        IS_DEFAULT,
        /** Batches of the job have not ended. */
        IN_USE
    }

    /**
     * Creates a job.
     *
     * @param id null for a new one
     * @param idempotency a repeat with it answers the first job
     * @throws TakenException if the tenant has a job of that id
     * @throws Idempotency.ConflictException if the key was used for another request
     */
    public Job create(String tenantId, @Nullable String id, Job.Terms terms, @Nullable Idempotency idempotency) {
        String jobId =
                id != null ? id : Ids.newId("job-", InstantSource.system().millis());
        return database.inTransaction(transaction -> {
            Optional<String> first =
                    idempotency == null ? Optional.empty() : idempotency.take(transaction, tenantId, OPERATION, jobId);
            RowSet<Row> rows = first.isPresent()
                    ? transaction.run("select * from job where tenant_id = $1 and id = $2", tenantId, first.get())
                    : insert(transaction, tenantId, jobId, terms);
            if (rows.size() == 0) {
                throw new TakenException(jobId);
            }
            return job(rows.iterator().next());
        });
    }

    private static RowSet<Row> insert(
            Database.Transaction transaction, String tenantId, String jobId, Job.Terms terms) {
        Duration window = terms.window();
        return transaction.run(
                INSERT,
                tenantId,
                jobId,
                terms.name(),
                terms.endpoint(),
                terms.model(),
                terms.completionWindow(),
                window == null ? null : window.toSeconds(),
                (short) terms.priority(),
                terms.singleModel(),
                terms.maxLines());
    }

    /** A tenant's job. */
    public Optional<Job> find(String tenantId, String id) {
        return first(database.run(
                "select * from job where tenant_id = $1 and id = $2 and deleted_at is null", tenantId, id));
    }

    /** A tenant's job, also one that was deleted: for a request that may be the repeat of one from before. */
    public Optional<Job> findEvenDeleted(String tenantId, String id) {
        return first(database.run("select * from job where tenant_id = $1 and id = $2", tenantId, id));
    }

    /**
     * A tenant's jobs, newest first.
     *
     * @param after the id of the job before the first one wanted; it may have been deleted since
     * @return empty when the tenant never had a job of the id {@code after}
     */
    public Optional<Page<Job>> list(String tenantId, @Nullable String after, int limit) {
        if (after == null) {
            return Optional.of(page(database.run("""
                            select * from job where tenant_id = $1 and deleted_at is null
                            order by created_at desc, id desc limit $2""", tenantId, limit + 1), limit));
        }
        return findEvenDeleted(tenantId, after)
                .map(last -> page(database.run("""
                                select * from job where tenant_id = $1 and deleted_at is null and (created_at, id) < ($2, $3)
                                order by created_at desc, id desc limit $4""", tenantId, Rows.time(last.createdAt()), after, limit + 1), limit));
    }

    /** Deletes a job unless batches of it are open; those that have ended go on naming it. */
    public Deletion delete(String tenantId, String id) {
        return database.inTransaction(transaction -> {
            // Waits for batches that are being created with it: their foreign key holds the row.
            Optional<Job> job = first(transaction.run(
                    "select * from job where tenant_id = $1 and id = $2 and deleted_at is null for update",
                    tenantId,
                    id));
            if (job.isEmpty()) {
                return Deletion.UNKNOWN;
            }
            if (job.get().isDefault()) {
                return Deletion.IS_DEFAULT;
            }
            boolean isFree = transaction.run("""
                            update job set deleted_at = now() where tenant_id = $1 and id = $2 and not exists (
                              select from batch b where b.tenant_id = $1 and b.job_id = $2
                                and b.status in ('validating', 'in_progress', 'finalizing', 'cancelling'))
                            returning id""", tenantId, id).size() == 1;
            return isFree ? Deletion.DELETED : Deletion.IN_USE;
        });
    }

    private static Page<Job> page(RowSet<Row> rows, int limit) {
        List<Job> jobs = new ArrayList<>();
        rows.forEach(row -> jobs.add(job(row)));
        return Page.cut(jobs, limit, job -> job);
    }

    private static Optional<Job> first(RowSet<Row> rows) {
        return rows.size() == 0
                ? Optional.empty()
                : Optional.of(job(rows.iterator().next()));
    }

    private static Job job(Row row) {
        Long seconds = row.getLong("window_seconds");
        return new Job(
                row.getString("id"),
                row.getBoolean("is_default"),
                new Job.Terms(
                        row.getString("name"),
                        row.getString("endpoint"),
                        row.getString("model"),
                        row.getString("completion_window"),
                        seconds == null ? null : Duration.ofSeconds(seconds),
                        row.getInteger("priority"),
                        row.getBoolean("single_model"),
                        row.getLong("max_lines")),
                Rows.time(row, "created_at"));
    }
}
