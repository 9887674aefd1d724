package dev.longhaul.store;

import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tenant's batches page by page. Each query walks an index in the order of the list from the cursor on, so that a page costs
 * the same wherever it is: that of the tenant, of a status, of a job, or of a pair of metadata. Further filters, and bounds of the
 * time of creation, are looked at on the way.
 */
@ApplicationScoped
class BatchLists {
    private final Sessions sessions;
    private final Database database;

    BatchLists(Sessions sessions, Database database) {
        this.sessions = sessions;
        this.database = database;
    }

    /**
     * A page, newest first.
     *
     * @param after the id of the batch before the first one wanted, which may be deleted and need not be among those meant
     * @return empty when the tenant never had a batch of the id {@code after}
     */
    Optional<Page<Batch>> page(String tenantId, BatchFilter filter, @Nullable String after, int limit) {
        if (after == null) {
            return Optional.of(read(new Query(tenantId, filter, null), limit));
        }
        return cursor(tenantId, after).map(cursor -> read(new Query(tenantId, filter, cursor), limit));
    }

    private Optional<Cursor> cursor(String tenantId, String after) {
        RowSet<Row> rows =
                database.run("select created_at from batch where id = $1 and tenant_id = $2", after, tenantId);
        return rows.size() == 0
                ? Optional.empty()
                : Optional.of(new Cursor(Rows.time(rows.iterator().next(), "created_at"), after));
    }

    private Page<Batch> read(Query query, int limit) {
        List<BatchEntity> read = sessions.read(session -> {
            var select = session.createNativeQuery(query.sql(), BatchEntity.class);
            query.parameters.forEach(select::setParameter);
            return select.setMaxResults(limit + 1).getResultList();
        });
        return Page.cut(read, limit, BatchEntity::toBatch);
    }

    /** One statement in the making. */
    private static final class Query {
        private final List<String> conditions = new ArrayList<>();
        private final Map<String, Object> parameters = new LinkedHashMap<>();
        /** Where tenant and order are taken from: the pairs' own table when one is asked for. */
        private final boolean isByPair;

        Query(String tenantId, BatchFilter filter, @Nullable Cursor cursor) {
            isByPair = !filter.metadata().isEmpty();
            add((isByPair ? "m" : "b") + ".tenant_id = :tenant", "tenant", tenantId);
            conditions.add("b.deleted_at is null");
            if (isByPair) {
                addPairs(filter.metadata());
            }
            if (filter.status() != null) {
                add("b.status = :status", "status", filter.status().wireName());
            }
            if (filter.jobId() != null) {
                add("b.job_id = :job", "job", filter.jobId());
            }
            addTimes(filter.createdFrom(), filter.createdBefore());
            if (cursor != null) {
                conditions.add("(" + createdAt() + ", " + id() + ") < (:cursorTime, :cursorId)");
                parameters.put("cursorTime", cursor.createdAt());
                parameters.put("cursorId", cursor.id());
            }
        }

        private void addPairs(Map<String, String> metadata) {
            Map.Entry<String, String> first = metadata.entrySet().iterator().next();
            conditions.add("m.pair = metadata_pair(cast(:key as text), cast(:value as text))");
            parameters.put("key", first.getKey());
            parameters.put("value", first.getValue());
            JsonObject pairs = new JsonObject();
            metadata.forEach(pairs::put);
            // As text first: the client would send a text that is to be JSON as a JSON string.
            add("b.metadata @> cast(cast(:pairs as text) as jsonb)", "pairs", pairs.encode());
        }

        private void addTimes(@Nullable Instant from, @Nullable Instant before) {
            if (from != null) {
                add(createdAt() + " >= :createdFrom", "createdFrom", from);
            }
            if (before != null) {
                add(createdAt() + " < :createdBefore", "createdBefore", before);
            }
        }

        private void add(String condition, String name, Object value) {
            conditions.add(condition);
            parameters.put(name, value);
        }

        private String createdAt() {
            return isByPair ? "m.created_at" : "b.created_at";
        }

        private String id() {
            return isByPair ? "m.batch_id" : "b.id";
        }

        String sql() {
            return "select b.* from "
                    + (isByPair ? "batch_metadata m join batch b on b.id = m.batch_id" : "batch b")
                    + " where " + String.join(" and ", conditions)
                    + " order by " + createdAt() + " desc, " + id() + " desc";
        }
    }
}
