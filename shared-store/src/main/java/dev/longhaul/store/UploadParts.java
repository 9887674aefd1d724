package dev.longhaul.store;

import dev.longhaul.model.ObjectKeys;
import dev.longhaul.store.FileStore.Content;
import dev.longhaul.store.UploadStore.EndedException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parts of uploads. Methods block and throw {@link StoreException}s. */
@ApplicationScoped
public class UploadParts {
    private static final String OPERATION = "upload_part";
    private static final String SELECT = "select id, upload_id, bytes, created_at from upload_part"
            + " where upload_id = $1 and state = 'ready' and id = any($2)";

    private static final String INSERT_READY =
            "insert into upload_part (id, upload_id, state, bytes) values ($1, $2, 'ready', $3) returning created_at";

    private static final String MAKE_READY = """
            update upload_part set state = 'ready', bytes = $3, created_at = now()
            where id = $1 and upload_id = $2 and state = 'pending' returning created_at""";

    private final Database database;

    public UploadParts(Database database) {
        this.database = database;
    }

    /** A part that has come whole. */
    public record Part(String id, String uploadId, long bytes, Instant createdAt) {}

    /** How many an upload has, with those that are still coming. */
    public long count(String uploadId) {
        return database.run("select count(*) from upload_part where upload_id = $1", uploadId)
                .iterator()
                .next()
                .getLong(0);
    }

    /**
     * Announces a part, so that whatever becomes of it its objects are found again.
     *
     * @throws EndedException if the upload takes no more parts
     */
    public void begin(String uploadId, String partId) {
        // Locked, so that whoever ends the upload and then looks for parts under way sees this one.
        RowSet<Row> begun = database.run(
                "insert into upload_part (id, upload_id, state) select $1, id, 'pending' from upload where id = $2 and"
                        + UploadStore.OPEN + "for share returning id",
                partId,
                uploadId);
        if (begun.size() == 0) {
            throw new EndedException(uploadId);
        }
    }

    /** Says that these parts are alive. */
    public void touch(Collection<String> partIds) {
        database.run("update upload_part set touched_at = now() where id = any($1) and state = 'pending'", (Object)
                partIds.stream().sorted().toArray(String[]::new));
    }

    /**
     * Takes a part in that has come whole; one in objects must have begun.
     *
     * @param idempotency a repeat with it returns the first part, and this one stays pending for the caller to discard
     * @throws AbandonedException if the part is no longer there, because it was taken for dead
     * @throws EndedException if the upload has ended meanwhile
     * @throws Idempotency.ConflictException if the key was used for another part
     */
    public Part finish(
            String tenantId,
            String uploadId,
            String partId,
            long bytes,
            Content content,
            @Nullable Idempotency idempotency) {
        return database.inTransaction(transaction -> {
            Optional<String> first =
                    idempotency == null ? Optional.empty() : idempotency.take(transaction, tenantId, OPERATION, partId);
            if (first.isPresent()) {
                Part known = byId(transaction.run(SELECT, uploadId, new String[] {first.get()}))
                        .get(first.get());
                if (known == null) {
                    throw new EndedException(uploadId);
                }
                return known;
            }
            // Locked, so that the upload cannot end between this look and the commit.
            if (transaction
                            .run("select id from upload where id = $1 and" + UploadStore.OPEN + "for share", uploadId)
                            .size()
                    == 0) {
                throw new EndedException(uploadId);
            }
            RowSet<Row> ready = transaction.run(
                    switch (content) {
                        case FileStore.Inline inline -> INSERT_READY;
                        case FileStore.InObjects objects -> MAKE_READY;
                    },
                    partId,
                    uploadId,
                    bytes);
            if (ready.size() == 0) {
                throw new AbandonedException(partId);
            }
            FileStore.insertSegments(transaction, partId, content);
            Instant createdAt = ready.iterator().next().getOffsetDateTime(0).toInstant();
            return new Part(partId, uploadId, bytes, createdAt);
        });
    }

    /**
     * Forgets a part that did not come whole, before its objects are deleted: from now on it cannot become ready. If the caller does
     * not delete them, the janitor does once the upload has ended.
     *
     * @param fileId the file that the upload will be, or has become
     * @return whether nobody reads its objects; false when it is ready after all
     */
    public boolean giveUp(String partId, String fileId) {
        boolean wasPending =
                database.run("delete from upload_part where id = $1 and state = 'pending' returning id", partId)
                                .size()
                        > 0;
        // A statement of its own: the first may have waited for a commit under way, and does not see what that wrote.
        return wasPending
                || database.run(
                                        "select 1 from file_segment where file_id in ($1, $2) and object_key ^@ $3 limit 1",
                                        partId,
                                        fileId,
                                        ObjectKeys.partPrefix(fileId, partId))
                                .size()
                        == 0;
    }

    /** Those of the parts that belong to the upload and have come whole, by id. */
    public Map<String, Part> ready(String uploadId, Collection<String> partIds) {
        return byId(database.run(SELECT, uploadId, partIds.toArray(String[]::new)));
    }

    private static Map<String, Part> byId(RowSet<Row> rows) {
        Map<String, Part> parts = new HashMap<>();
        for (Row row : rows) {
            String id = row.getString(0);
            parts.put(
                    id,
                    new Part(
                            id,
                            row.getString(1),
                            row.getLong(2),
                            row.getOffsetDateTime(3).toInstant()));
        }
        return parts;
    }
}
