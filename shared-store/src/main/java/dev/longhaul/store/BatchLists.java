package dev.longhaul.store;

import dev.longhaul.model.BatchStatus;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
        List<String> ids = new ArrayList<>();
        database.run(query.sql(limit + 1), query.parameters.toArray()).forEach(row -> ids.add(row.getString(0)));
        if (ids.isEmpty()) {
            return new Page<>(List.of(), false);
        }
        // One may have been deleted since; it is then left out, and the page is no shorter for whoever goes on from its
        // end.
        List<Batch> batches = sessions
                .read(session -> session.createQuery(
                                "from BatchEntity b where b.id in ?1 and b.deletedAt is null", BatchEntity.class)
                        .setParameter(1, ids.subList(0, Math.min(limit, ids.size())))
                        .getResultList())
                .stream()
                .sorted(Comparator.comparingInt(batch -> ids.indexOf(batch.id)))
                .map(BatchEntity::toBatch)
                .toList();
        return new Page<>(batches, ids.size() > limit);
    }

    /** One statement in the making. */
    private static final class Query {
        private final List<String> conditions = new ArrayList<>();
        private final List<Object> parameters = new ArrayList<>();
        /** Where tenant and order are taken from: the pairs' own table when one is asked for. */
        private final boolean isByPair;

        Query(String tenantId, BatchFilter filter, @Nullable Cursor cursor) {
            isByPair = !filter.metadata().isEmpty();
            add((isByPair ? "m" : "b") + ".tenant_id = ", tenantId);
            conditions.add("b.deleted_at is null");
            if (isByPair) {
                addPairs(filter.metadata());
            }
            BatchStatus status = filter.status();
            if (status != null) {
                add("b.status = ", status.wireName());
            }
            String jobId = filter.jobId();
            if (jobId != null) {
                add("b.job_id = ", jobId);
            }
            addTimes(filter.createdFrom(), filter.createdBefore());
            if (cursor != null) {
                conditions.add("(" + createdAt() + ", " + id() + ") < (" + next(Rows.time(cursor.createdAt())) + ", "
                        + next(cursor.id()) + ")");
            }
        }

        private void addPairs(Map<String, String> metadata) {
            Map.Entry<String, String> first = metadata.entrySet().iterator().next();
            conditions.add("m.pair = metadata_pair(" + next(first.getKey()) + ", " + next(first.getValue()) + ")");
            JsonObject pairs = new JsonObject();
            metadata.forEach(pairs::put);
            add("b.metadata @> ", pairs);
        }

        private void addTimes(@Nullable Instant from, @Nullable Instant before) {
            if (from != null) {
                add(createdAt() + " >= ", Rows.time(from));
            }
            if (before != null) {
                add(createdAt() + " < ", Rows.time(before));
            }
        }

        private void add(String condition, Object value) {
            conditions.add(condition + next(value));
        }

        /** Takes a parameter in; its place in the statement. */
        private String next(Object value) {
            parameters.add(value);
            return "$" + parameters.size();
        }

        private String createdAt() {
            return isByPair ? "m.created_at" : "b.created_at";
        }

        private String id() {
            return isByPair ? "m.batch_id" : "b.id";
        }

        String sql(int limit) {
            return "select b.id from "
                    + (isByPair ? "batch_metadata m join batch b on b.id = m.batch_id" : "batch b")
                    + " where " + String.join(" and ", conditions)
                    + " order by " + createdAt() + " desc, " + id() + " desc limit " + limit;
        }
    }
}
