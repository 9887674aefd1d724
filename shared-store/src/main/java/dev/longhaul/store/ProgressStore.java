package dev.longhaul.store;

import dev.longhaul.model.BatchStatus;
import dev.longhaul.store.BatchProgress.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells how far batches are. Batches that are not in progress cost no query; all others together cost one, and one more when a
 * backend is in trouble: each reads what is under way in the cluster, or a few slices of each batch, and never all slices of one.
 */
@ApplicationScoped
public class ProgressStore {
    /** Of a batch that mixes models, so many of its next slices stand for all that wait. */
    private static final int SAMPLE = 64;

    private final Database database;

    public ProgressStore(Database database) {
        this.database = database;
    }

    /** Each batch's progress, by its id. */
    public Map<String, BatchProgress> of(Collection<Batch> batches) {
        List<Batch> open = batches.stream()
                .filter(batch -> batch.status() == BatchStatus.IN_PROGRESS)
                .toList();
        Instant now = Instant.EPOCH;
        Map<String, Waiting> waiting = Map.of();
        if (!open.isEmpty()) {
            Row cluster = cluster(open);
            now = cluster.getOffsetDateTime("now").toInstant();
            waiting = waiting(open, (JsonObject) cluster.getValue("lines"), Troubles.of((JsonArray)
                    cluster.getValue("troubled")));
        }
        Map<String, BatchProgress> progress = new HashMap<>();
        for (Batch batch : batches) {
            progress.put(batch.id(), BatchProgress.of(batch, waiting.getOrDefault(batch.id(), Waiting.NOBODY), now));
        }
        return progress;
    }

    /** One batch's progress. */
    public BatchProgress of(Batch batch) {
        return of(List.of(batch)).getOrDefault(batch.id(), BatchProgress.of(batch, Waiting.NOBODY, Instant.EPOCH));
    }

    /** What the dispatchers say of models, and by batch the lines that they have or whose results wait to be sealed. */
    private Row cluster(List<Batch> batches) {
        return database.run("""
                select now() as now,
                  (select coalesce(jsonb_agg(troubled), '[]') from process
                    where kind = 'dispatcher' and lease_until > now()) as troubled,
                  (select coalesce(jsonb_object_agg(batch_id, lines), '{}') from (
                    select batch_id, sum(line_count - coalesce(bit_count(bitmap), 0))::bigint as lines from slice
                    where state in ('claimed', 'reported') and batch_id = any($1) group by batch_id) s) as lines
                """, (Object) ids(batches)).iterator().next();
    }

    private Map<String, Waiting> waiting(List<Batch> open, JsonObject underWay, Troubles troubles) {
        Map<String, Waiting> waiting = new HashMap<>();
        List<Batch> mixed = open.stream()
                .filter(batch -> batch.model() == null && !troubles.isEmpty())
                .toList();
        Map<String, Map<String, Long>> samples = mixed.isEmpty() ? Map.of() : samples(mixed);
        for (Batch batch : open) {
            if (batch.control().stopReason() == null) {
                long lines = Math.max(0, batch.openLines() - underWay.getLong(batch.id(), 0L));
                String model = batch.model();
                Map<String, Long> models =
                        model == null ? samples.getOrDefault(batch.id(), Map.of()) : Map.of(model, 1L);
                waiting.put(
                        batch.id(),
                        batch.control().pausedAt() == null
                                ? troubles.split(lines, models)
                                : new Waiting(0, 0, 0, 0, lines));
            }
        }
        return waiting;
    }

    private Map<String, Map<String, Long>> samples(List<Batch> batches) {
        Map<String, Map<String, Long>> samples = new HashMap<>();
        for (Row row : database.run("""
                select b.id, s.model, sum(s.line_count)::bigint as lines
                from unnest($1::text[]) b (id) cross join lateral (
                  select coalesce(model, '') as model, line_count from slice
                  where batch_id = b.id and state = 'pending' order by seq limit $2) s
                group by b.id, s.model
                """, ids(batches), SAMPLE)) {
            samples.computeIfAbsent(row.getString("id"), id -> new HashMap<>())
                    .put(row.getString("model"), row.getLong("lines"));
        }
        return samples;
    }

    private static String[] ids(List<Batch> batches) {
        return batches.stream().map(Batch::id).toArray(String[]::new);
    }

    /** What the live dispatchers say of models: a model is in trouble when all of them say so. */
    record Troubles(List<JsonObject> reports) {
        static Troubles of(JsonArray reports) {
            return new Troubles(reports.stream().map(JsonObject.class::cast).toList());
        }

        boolean isEmpty() {
            return reports.isEmpty() || reports.stream().anyMatch(JsonObject::isEmpty);
        }

        /** @param models lines by model, a sample whose shares stand for all */
        Waiting split(long lines, Map<String, Long> models) {
            long all = models.values().stream().mapToLong(Long::longValue).sum();
            if (isEmpty() || all == 0) {
                return new Waiting(lines, 0, 0, 0, 0);
            }
            long down = share(lines, all, models, "down");
            long limited = Math.min(share(lines, all, models, "limited"), lines - down);
            long refused = Math.min(share(lines, all, models, "refused"), lines - down - limited);
            return new Waiting(lines - down - limited - refused, down, limited, refused, 0);
        }

        private long share(long lines, long all, Map<String, Long> models, String trouble) {
            long sampled = models.entrySet().stream()
                    .filter(model -> reports.stream()
                            .allMatch(report -> report.getJsonArray(trouble, new JsonArray())
                                    .contains(model.getKey())))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            return Math.round(lines * (sampled / (double) all));
        }
    }
}
