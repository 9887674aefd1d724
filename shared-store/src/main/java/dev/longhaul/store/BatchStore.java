package dev.longhaul.store;

import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.Ids;
import dev.longhaul.model.Usage;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Batches as tenants make and see them. Methods block and throw {@link StoreException}s. */
@ApplicationScoped
public class BatchStore {
    /** 2100-01-01: the end of a window without end, since clients want a number. */
    private static final OffsetDateTime FAR_FUTURE = OffsetDateTime.parse("2100-01-01T00:00:00Z");

    private static final String OPERATION = "batch";

    private static final String INSERT = """
            with f as (
              select bytes, purpose from file
              where id = $4 and tenant_id = $2 and state = 'ready' and (expires_at is null or expires_at > now())
              for share),
            r as (
              select e.id, o.output_expires_after from batch o join file e on e.id = o.error_file_id
              where o.id = $18 and o.tenant_id = $2 and o.input_file_id = $4 and o.deleted_at is null
                and e.state = 'ready' and (e.expires_at is null or e.expires_at > now())
              for share of e),
            b as (
              insert into batch (
                id, tenant_id, job_id, job_name, input_file_id, input_bytes, endpoint, completion_window, metadata,
                tfy_headers, output_expires_after, priority, single_model, expires_at, output_ref, error_ref,
                results_partition, required_model, max_lines, queue_lines, max_errors, retry_of, retry_file_id, retry_codes)
              select $1, $2, j.id, $5, $4, coalesce((select bytes from f), 0), $6, $7, $8,
                $9, coalesce($10, (select output_expires_after from r)), j.priority, j.single_model,
                coalesce(now() + make_interval(secs => $11), $12), $13, $14, $15,
                j.model, j.max_lines, nullif(coalesce(t.max_lines, $16), 9223372036854775807),
                $17, $18, (select id from r), $19
              from job j join tenant t on t.id = j.tenant_id
              where j.tenant_id = $2 and (j.id = $3 or ($3 is null and j.is_default)) and j.deleted_at is null
                and not exists (select from f where purpose <> 'batch')
                and ($18::text is null or (exists (select from r) and exists (select from f)))
              returning *),
            o as (insert into outbox (batch_id, event) select b.id, %s from b)
            select b.job_id, b.created_at, b.expires_at, t.max_batches, t.max_lines, t.max_batches_an_hour
            from b join tenant t on t.id = b.tenant_id""".formatted(Transitions.EVENT);

    private final Sessions sessions;
    private final Database database;
    private final BatchLists lists;
    private final Quotas quotas;
    private final Runnable raise;

    public BatchStore(Sessions sessions, Database database, BatchLists lists, Quotas quotas, OutboxSignal signal) {
        this.sessions = sessions;
        this.database = database;
        this.lists = lists;
        this.quotas = quotas;
        this.raise = signal::raise;
    }

    /** The tenant has no such job. */
    public static final class UnknownJobException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String jobId;

        UnknownJobException(String jobId) {
            super("no job " + jobId);
            this.jobId = jobId;
        }

        /** The id that was asked for. */
        public String jobId() {
            return jobId;
        }
    }

    /** The input file was uploaded for another purpose. */
    public static final class WrongPurposeException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String purpose;

        WrongPurposeException(String fileId, String purpose) {
            super(fileId + " is for " + purpose);
            this.purpose = purpose;
        }

        /** The purpose that the file has. */
        public String purpose() {
            return purpose;
        }
    }

    /** There is nothing to run again: the other batch has no error file, or that or the input file is gone. */
    public static final class NothingToRetryException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NothingToRetryException(String batchId) {
            super("nothing to retry of " + batchId);
        }
    }

    /** The batch that a request once made has been deleted. */
    public static final class GoneException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        GoneException(String id) {
            super(id + " has been deleted");
        }
    }

    /** A tenant's batch. */
    public Optional<Batch> find(String tenantId, String id) {
        return Optional.ofNullable(sessions.<@Nullable BatchEntity>read(session -> session.get(BatchEntity.class, id)))
                .filter(batch -> batch.tenantId.equals(tenantId) && batch.deletedAt == null)
                .map(BatchEntity::toBatch);
    }

    /**
     * A tenant's batches, newest first.
     *
     * @param after the id of the batch before the first one wanted; it may have been deleted since, and need not be among those meant
     * @return empty when the tenant never had a batch of the id {@code after}
     */
    public Optional<Page<Batch>> list(String tenantId, BatchFilter filter, @Nullable String after, int limit) {
        return lists.page(tenantId, filter, after, limit);
    }

    /**
     * Creates a batch, its outbox row in the same transaction. The input file's row is locked, so that a file cannot be deleted
     * past it; an unknown input file is no error here.
     *
     * @param idempotency a repeat with it answers the first batch as it was created
     * @throws UnknownJobException if the tenant has no such job
     * @throws WrongPurposeException if the input file is not for batches
     * @throws NothingToRetryException if it is to run lines of a batch that has none to run, or their files are gone
     * @throws Idempotency.ConflictException if the key was used for another request
     * @throws GoneException if it is a repeat, and the first batch has been deleted
     * @throws QuotaExceededException if the tenant has no room for it
     */
    public Batch create(String tenantId, NewBatch wanted, int resultsPartition, @Nullable Idempotency idempotency) {
        long now = InstantSource.system().millis();
        String id = Ids.newBatchId(now);
        Creation creation = database.inTransaction(transaction -> {
            Optional<String> first =
                    idempotency == null ? Optional.empty() : idempotency.take(transaction, tenantId, OPERATION, id);
            if (first.isPresent()) {
                return new Repeated(first.get());
            }
            Batch batch = insert(transaction, tenantId, id, wanted, resultsPartition, now);
            transaction.afterCommit(raise);
            return new Created(batch);
        });
        return switch (creation) {
            case Created(Batch batch) -> batch;
            case Repeated(String firstId) -> asCreated(tenantId, firstId);
        };
    }

    /**
     * The batch that an earlier request of the same content made, as it was created; for a repeat that can no longer be read, since
     * what it refers to is gone.
     *
     * @return empty when there was no such request
     * @throws Idempotency.ConflictException if the key was used for another request
     * @throws GoneException if the batch has been deleted
     */
    public Optional<Batch> created(String tenantId, Idempotency idempotency) {
        return idempotency.find(database, tenantId, OPERATION).map(firstId -> asCreated(tenantId, firstId));
    }

    private Batch asCreated(String tenantId, String id) {
        return find(tenantId, id).orElseThrow(() -> new GoneException(id)).asCreated();
    }

    private sealed interface Creation {}

    private record Created(Batch batch) implements Creation {}

    private record Repeated(String firstId) implements Creation {}

    private Batch insert(
            Database.Transaction transaction,
            String tenantId,
            String id,
            NewBatch wanted,
            int resultsPartition,
            long now) {
        Duration window = wanted.window();
        Duration outputExpiresAfter = wanted.outputExpiresAfter();
        NewBatch.Retry retry = wanted.retry();
        List<String> codes = retry == null ? null : retry.errorCodes();
        JsonObject metadata = json(wanted.metadata());
        RowSet<Row> rows = transaction.run(
                INSERT,
                id,
                tenantId,
                wanted.jobId(),
                wanted.inputFileId(),
                wanted.jobName(),
                wanted.endpoint(),
                wanted.completionWindow(),
                metadata,
                wanted.tfyHeaders().isEmpty() ? null : json(wanted.tfyHeaders()),
                outputExpiresAfter == null ? null : (int) outputExpiresAfter.toSeconds(),
                window == null ? null : (double) window.toSeconds(),
                FAR_FUTURE,
                Ids.newFileId(now),
                Ids.newFileId(now),
                resultsPartition,
                quotas.usualLines(),
                wanted.maxErrors(),
                retry == null ? null : retry.batchId(),
                codes == null ? null : codes.toArray(String[]::new));
        if (rows.size() == 0 && retry != null) {
            throw new NothingToRetryException(retry.batchId());
        }
        if (rows.size() == 0) {
            checkPurpose(transaction, tenantId, wanted.inputFileId());
            throw new UnknownJobException(String.valueOf(wanted.jobId()));
        }
        Row row = rows.iterator().next();
        quotas.admitBatch(transaction, tenantId, row);
        return new Batch(
                id,
                tenantId,
                row.getString("job_id"),
                wanted.jobName(),
                wanted.inputFileId(),
                wanted.endpoint(),
                wanted.completionWindow(),
                wanted.metadata(),
                null,
                BatchStatus.VALIDATING,
                1,
                Batch.Times.atCreation(instant(row, "created_at"), instant(row, "expires_at")),
                null,
                null,
                null,
                Batch.Counts.NONE,
                Usage.NONE,
                new Batch.Control(null, null, wanted.maxErrors(), retry == null ? null : retry.batchId()),
                Batch.Pace.NONE);
    }

    private static void checkPurpose(Database.Transaction transaction, String tenantId, String fileId) {
        for (Row row : transaction.run(
                "select purpose from file where id = $1 and tenant_id = $2 and state = 'ready' and purpose <> 'batch'",
                fileId,
                tenantId)) {
            throw new WrongPurposeException(fileId, row.getString(0));
        }
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static JsonObject json(Map<String, String> texts) {
        JsonObject json = new JsonObject();
        texts.forEach(json::put);
        return json;
    }
}
