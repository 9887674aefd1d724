package dev.longhaul.store;

import dev.longhaul.store.StoredUpload.Status;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Uploads in parts as tenants make, complete and cancel them. Methods block and throw {@link StoreException}s. */
@ApplicationScoped
public class UploadStore {
    private static final String CREATE = "upload";
    private static final String COMPLETE = "upload_complete";
    private static final String COLUMNS = """
            id, tenant_id, file_id, filename, purpose, bytes, file_seconds, created_at, expires_at, completed_with,
            case when status = 'pending' and expires_at <= now() then 'expired' else status end as status""";

    private static final String INSERT = """
            insert into upload (id, tenant_id, file_id, filename, purpose, mime_type, bytes, file_seconds, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9)) returning %s""".formatted(COLUMNS);

    /** Takes parts and may be completed. */
    static final String OPEN = " status = 'pending' and expires_at > now() ";

    private final Database database;
    private final Quotas quotas;

    public UploadStore(Database database, Quotas quotas) {
        this.database = database;
        this.quotas = quotas;
    }

    /**
     * What a tenant announces.
     *
     * @param fileLifetime null for ever
     * @param lifetime how long its parts are waited for
     */
    public record NewUpload(
            String filename,
            String purpose,
            String mimeType,
            long bytes,
            @Nullable Duration fileLifetime,
            Duration lifetime) {}

    /** The upload has ended, or its time is over: it takes no part and becomes no file. */
    public static final class EndedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EndedException(String id) {
            super("upload " + id + " has ended");
        }
    }

    /**
     * Creates an upload.
     *
     * @param idempotency a repeat with it answers the first upload as it was created
     * @throws Idempotency.ConflictException if the key was used for another request
     * @throws QuotaExceededException if the tenant has no room for a file
     */
    public StoredUpload create(
            String tenantId, String id, String fileId, NewUpload wanted, @Nullable Idempotency idempotency) {
        quotas.checkRoomForFile(tenantId, CREATE, idempotency == null ? null : idempotency.key());
        return database.inTransaction(transaction -> {
            Optional<String> first =
                    idempotency == null ? Optional.empty() : idempotency.take(transaction, tenantId, CREATE, id);
            if (first.isPresent()) {
                return find(transaction.run(select("id = $1"), first.get()))
                        .orElseThrow(() -> new IllegalStateException("an upload outlives its idempotency key"))
                        .asCreated();
            }
            Duration fileLifetime = wanted.fileLifetime();
            return find(transaction.run(
                            INSERT,
                            id,
                            tenantId,
                            fileId,
                            wanted.filename(),
                            wanted.purpose(),
                            wanted.mimeType(),
                            wanted.bytes(),
                            fileLifetime == null ? null : fileLifetime.toSeconds(),
                            (double) wanted.lifetime().toSeconds()))
                    .orElseThrow();
        });
    }

    /** A tenant's upload, also one that has ended not long ago. */
    public Optional<StoredUpload> find(String tenantId, String id) {
        return find(database.run(select("id = $1 and tenant_id = $2"), id, tenantId));
    }

    /**
     * Makes the upload a file of these parts in this order, all at once. No byte moves.
     *
     * @param partIds ready parts of this upload, each once, of {@code bytes} together
     * @param completedWith SHA-256 of the request
     * @param idempotencyKey a repeat with it finds the upload completed, and changes nothing
     * @return the file; empty if the upload has ended meanwhile, perhaps by the same request
     * @throws Idempotency.ConflictException if the key was used for another request
     * @throws QuotaExceededException if the tenant has no room for the file; the upload stays pending
     */
    public Optional<StoredFile> complete(
            StoredUpload upload, List<String> partIds, byte[] completedWith, @Nullable String idempotencyKey) {
        try {
            return database.inTransaction(
                    transaction -> complete(transaction, upload, partIds, completedWith, idempotencyKey));
        } catch (EndedException e) {
            return Optional.empty();
        }
    }

    private Optional<StoredFile> complete(
            Database.Transaction transaction,
            StoredUpload upload,
            List<String> partIds,
            byte[] completedWith,
            @Nullable String idempotencyKey) {
        if (idempotencyKey != null
                && new Idempotency(idempotencyKey, completedWith)
                        .take(transaction, upload.tenantId(), COMPLETE, upload.id())
                        .isPresent()) {
            return Optional.empty();
        }
        RowSet<Row> ended = transaction.run(
                "update upload set status = 'completed', ended_at = now(), completed_with = $2 where id = $1 and" + OPEN
                        + "returning id",
                upload.id(),
                Buffer.buffer(completedWith));
        if (ended.size() == 0) {
            // Rolls back, so that the idempotency key stays free.
            throw new EndedException(upload.id());
        }
        transaction.run("""
                    update file_segment s set file_id = $1, seq = o.n - 1
                    from (
                      select p.file_id, p.seq, (row_number() over (order by i.n, p.seq))::int as n
                      from unnest($2::text[]) with ordinality as i (id, n) join file_segment p on p.file_id = i.id) o
                    where s.file_id = o.file_id and s.seq = o.seq""", upload.fileId(), partIds.toArray(String[]::new));
        StoredFile file = FileStore.insertReady(
                transaction,
                quotas,
                upload.tenantId(),
                upload.fileId(),
                upload.filename(),
                upload.purpose(),
                upload.bytes(),
                upload.fileLifetime());
        return Optional.of(file);
    }

    /** Cancels a tenant's upload if it is pending. */
    public void cancel(String tenantId, String id) {
        database.run(
                "update upload set status = 'cancelled', ended_at = now() where id = $1 and tenant_id = $2 and" + OPEN,
                id,
                tenantId);
    }

    private static String select(String condition) {
        return "select " + COLUMNS + " from upload where " + condition;
    }

    private static Optional<StoredUpload> find(RowSet<Row> rows) {
        if (rows.size() == 0) {
            return Optional.empty();
        }
        Row row = rows.iterator().next();
        Long fileSeconds = row.getLong("file_seconds");
        Buffer completedWith = row.getBuffer("completed_with");
        return Optional.of(new StoredUpload(
                row.getString("id"),
                row.getString("tenant_id"),
                row.getString("file_id"),
                row.getString("filename"),
                row.getString("purpose"),
                row.getLong("bytes"),
                fileSeconds == null ? null : Duration.ofSeconds(fileSeconds),
                Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("expires_at").toInstant(),
                completedWith == null ? null : completedWith.getBytes()));
    }
}
