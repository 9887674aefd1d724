package dev.longhaul.store;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Files as tenants upload, see and delete them. Methods block and throw {@link StoreException}s. */
@ApplicationScoped
public class FileStore {
    private static final String OPERATION = "file";

    /** With the limits of its tenant, so that they cost no statement of their own. */
    private static final String RETURNING = " " + """
            returning *, (select max_files from tenant where id = file.tenant_id) as max_files,
              (select max_bytes from tenant where id = file.tenant_id) as max_bytes""";

    private static final String INSERT_READY = """
            insert into file (id, tenant_id, filename, purpose, bytes, expires_at, state)
            values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6), 'ready')""" + RETURNING;

    private static final String INSERT_INLINE =
            "with s as (insert into file_segment (file_id, seq, bytes, inline) values ($1, 0, $5, $7)) " + INSERT_READY;

    private static final String MAKE_READY = """
            update file set state = 'ready', created_at = now(), filename = $3, purpose = $4, bytes = $5,
              expires_at = now() + make_interval(secs => $6)
            where id = $1 and tenant_id = $2 and state = 'pending'""" + RETURNING;

    private final FileLists lists;
    private final Database database;
    private final Quotas quotas;

    public FileStore(FileLists lists, Database database, Quotas quotas) {
        this.lists = lists;
        this.database = database;
        this.quotas = quotas;
    }

    /**
     * Announces an upload, so that whatever becomes of it its objects are found again.
     *
     * @param idempotencyKey what {@link #finish} will be called with
     * @throws QuotaExceededException if the tenant has no room for a file
     */
    public void begin(String tenantId, String id, @Nullable String idempotencyKey) {
        quotas.checkRoomForFile(tenantId, OPERATION, idempotencyKey);
        database.run(
                "insert into file (id, tenant_id, filename, purpose, state) values ($1, $2, '', '', 'pending')",
                id,
                tenantId);
    }

    /** Says that these uploads are alive. */
    public void touch(Collection<String> ids) {
        database.run("update file set touched_at = now() where id = any($1) and state = 'pending'", (Object)
                ids.stream().sorted().toArray(String[]::new));
    }

    /**
     * What an upload has become.
     *
     * @param expiresAfter null for never
     */
    public record Uploaded(
            String filename,
            String purpose,
            long bytes,
            @Nullable Duration expiresAfter,
            Content content) {}

    /** Where the bytes are. */
    public sealed interface Content {}

    /** In memory: few enough to be kept in PostgreSQL. Such an upload needs no {@link #begin}. */
    public record Inline(byte[] bytes) implements Content {}

    /** In objects that hold them in order. */
    public record InObjects(List<UploadedObject> objects) implements Content {
        public InObjects {
            objects = List.copyOf(objects);
        }
    }

    /** One of the objects. */
    public record UploadedObject(String key, long bytes) {}

    /**
     * Makes an upload a file, all at once.
     *
     * @param idempotency a repeat with it returns the first file, and the upload stays pending for the caller to discard
     * @throws AbandonedException if the upload is no longer there, because it was taken for dead
     * @throws Idempotency.ConflictException if the key was used for another upload
     * @throws QuotaExceededException if the tenant has no room for it; the upload stays pending
     */
    public StoredFile finish(String tenantId, String id, Uploaded uploaded, @Nullable Idempotency idempotency) {
        return database.inTransaction(transaction -> {
            Optional<String> first =
                    idempotency == null ? Optional.empty() : idempotency.take(transaction, tenantId, OPERATION, id);
            if (first.isPresent()) {
                return row(transaction.run("select * from file where id = $1", first.get()));
            }
            RowSet<Row> ready = switch (uploaded.content()) {
                case Inline(byte[] bytes) ->
                    transaction.run(
                            INSERT_INLINE,
                            id,
                            tenantId,
                            uploaded.filename(),
                            uploaded.purpose(),
                            uploaded.bytes(),
                            seconds(uploaded.expiresAfter()),
                            Buffer.buffer(bytes));
                case InObjects objects -> makeReady(transaction, tenantId, id, uploaded);
            };
            quotas.admitFile(transaction, tenantId, uploaded.bytes(), only(ready));
            if (uploaded.content() instanceof InObjects objects) {
                insertSegments(transaction, id, objects);
            }
            return row(ready);
        });
    }

    /**
     * Inserts a file that can be read from this transaction's commit on; its segments are the caller's.
     *
     * @throws QuotaExceededException if the tenant has no room for it
     */
    static StoredFile insertReady(
            Database.Transaction transaction,
            Quotas quotas,
            String tenantId,
            String id,
            String filename,
            String purpose,
            long bytes,
            @Nullable Duration expiresAfter) {
        RowSet<Row> ready =
                transaction.run(INSERT_READY, id, tenantId, filename, purpose, bytes, seconds(expiresAfter));
        quotas.admitFile(transaction, tenantId, bytes, only(ready));
        return row(ready);
    }

    /** Throws where it finds no row: so the transaction takes back that it took the idempotency key. */
    private static RowSet<Row> makeReady(
            Database.Transaction transaction, String tenantId, String id, Uploaded uploaded) {
        RowSet<Row> ready = transaction.run(
                MAKE_READY,
                id,
                tenantId,
                uploaded.filename(),
                uploaded.purpose(),
                uploaded.bytes(),
                seconds(uploaded.expiresAfter()));
        if (ready.size() == 0) {
            throw new AbandonedException(id);
        }
        return ready;
    }

    private static @Nullable Double seconds(@Nullable Duration duration) {
        return duration == null ? null : (double) duration.toSeconds();
    }

    static void insertSegments(Database.Transaction transaction, String id, Content content) {
        switch (content) {
            case Inline(byte[] bytes) ->
                transaction.run(
                        "insert into file_segment (file_id, seq, bytes, inline) values ($1, 0, $2, $3)",
                        id,
                        (long) bytes.length,
                        Buffer.buffer(bytes));
            case InObjects(List<UploadedObject> objects) ->
                transaction.run(
                        """
                        insert into file_segment (file_id, seq, bytes, object_key)
                        select $1, (o.seq - 1)::int, o.bytes, o.key
                        from unnest($2::bigint[], $3::text[]) with ordinality as o (bytes, key, seq)""",
                        id,
                        objects.stream().map(UploadedObject::bytes).toArray(Long[]::new),
                        objects.stream().map(UploadedObject::key).toArray(String[]::new));
        }
    }

    /**
     * Gives up an upload that did not become a file, before its objects are deleted: from now on it cannot become one. If the caller
     * does not delete them, the janitor does.
     *
     * @return whether nobody reads its objects; false when it is a file after all
     */
    public boolean giveUp(String id) {
        boolean wasPending = database.run("""
                        update file set state = 'deleted', deleted_at = now()
                        where id = $1 and state = 'pending' returning id""", id).size() > 0;
        // A statement of its own: the first may have waited for a commit under way, and does not see what that wrote.
        return wasPending
                || database.run("select 1 from file_segment where file_id = $1 limit 1", id)
                                .size()
                        == 0;
    }

    /** Deletes the row of an upload that was given up and has no objects any more. */
    public void forget(String id) {
        database.run("delete from file where id = $1 and state = 'deleted' and purpose = ''", id);
    }

    /** A tenant's file that can be read. */
    public Optional<StoredFile> find(String tenantId, String id) {
        return lists.find(tenantId, id);
    }

    /**
     * A tenant's files that can be read, by time of creation.
     *
     * @param after the id of the file before the first one wanted; it may have been deleted since
     * @return empty when the tenant never had a file of the id {@code after}
     */
    public Optional<Page<StoredFile>> list(
            String tenantId, @Nullable String purpose, boolean newestFirst, @Nullable String after, int limit) {
        return lists.page(tenantId, purpose, newestFirst, after, limit);
    }

    /**
     * Deletes a tenant's file: from now on nobody finds it, and its bytes go once no open batch reads them.
     *
     * @return whether there was one to delete
     */
    public boolean delete(String tenantId, String id) {
        return database.run("""
                                update file set state = 'deleted', deleted_at = now()
                                where id = $1 and tenant_id = $2 and state = 'ready'
                                  and (expires_at is null or expires_at > now()) returning id""", id, tenantId).size() > 0;
    }

    private static Row only(RowSet<Row> rows) {
        return rows.iterator().next();
    }

    private static StoredFile row(RowSet<Row> rows) {
        Row row = only(rows);
        var expiresAt = row.getOffsetDateTime("expires_at");
        return new StoredFile(
                row.getString("id"),
                row.getString("tenant_id"),
                row.getString("filename"),
                row.getString("purpose"),
                row.getLong("bytes"),
                row.getOffsetDateTime("created_at").toInstant(),
                expiresAt == null ? null : expiresAt.toInstant());
    }
}
