package dev.longhaul.store;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds files that can be read, alone and by pages. */
@ApplicationScoped
class FileLists {
    private static final String READABLE = " f.state = 'ready' and (f.expiresAt is null or f.expiresAt > instant) ";

    private final Sessions sessions;
    private final Database database;

    FileLists(Sessions sessions, Database database) {
        this.sessions = sessions;
        this.database = database;
    }

    /** See {@link FileStore#find}. */
    Optional<StoredFile> find(String tenantId, String id) {
        return sessions
                .read(session -> session.createQuery(
                                "from FileEntity f where f.id = ?1 and f.tenantId = ?2 and" + READABLE,
                                FileEntity.class)
                        .setParameter(1, id)
                        .setParameter(2, tenantId)
                        .getResultList())
                .stream()
                .findFirst()
                .map(FileEntity::toFile);
    }

    /** See {@link FileStore#list}. */
    Optional<Page<StoredFile>> page(
            String tenantId, @Nullable String purpose, boolean newestFirst, @Nullable String after, int limit) {
        Cursor cursor = null;
        if (after != null) {
            RowSet<Row> rows = database.run(
                    "select created_at, id from file where id = $1 and tenant_id = $2 and state <> 'pending'",
                    after,
                    tenantId);
            if (rows.size() == 0) {
                return Optional.empty();
            }
            Row row = rows.iterator().next();
            cursor = new Cursor(row.getOffsetDateTime(0).toInstant(), row.getString(1));
        }
        return Optional.of(
                Page.cut(read(tenantId, purpose, newestFirst, cursor, limit + 1), limit, FileEntity::toFile));
    }

    private List<FileEntity> read(
            String tenantId, @Nullable String purpose, boolean newestFirst, @Nullable Cursor cursor, int count) {
        StringBuilder query = new StringBuilder("from FileEntity f where f.tenantId = :tenant and").append(READABLE);
        if (purpose != null) {
            query.append("and f.purpose = :purpose ");
        }
        if (cursor != null) {
            query.append("and (f.createdAt, f.id) ")
                    .append(newestFirst ? "<" : ">")
                    .append(" (:createdAt, :id) ");
        }
        query.append(newestFirst ? "order by f.createdAt desc, f.id desc" : "order by f.createdAt, f.id");
        return sessions.read(session -> {
            var select = session.createQuery(query.toString(), FileEntity.class).setParameter("tenant", tenantId);
            if (purpose != null) {
                select.setParameter("purpose", purpose);
            }
            if (cursor != null) {
                select.setParameter("createdAt", cursor.createdAt()).setParameter("id", cursor.id());
            }
            return select.setMaxResults(count).getResultList();
        });
    }
}
