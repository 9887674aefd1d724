package dev.longhaul.dispatcher.schedule;

import dev.longhaul.model.SliceId;
import dev.longhaul.store.Database;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Reads what the leader has to know of pending slices. Each statement goes through an index, whatever waits beside what is asked for. */
@ApplicationScoped
class BacklogStore {
    /** A slice's lines that have no sealed result and are not left out. */
    static final String OPEN_LINES = "(line_count - coalesce(bit_count(bitmap), 0))::int";

    private static final String BATCH = "b.id, b.tenant_id, b.endpoint, b.expires_at, b.created_at";
    private static final String MILLIS_UNTIL = "ceil(extract(epoch from %s - now()) * 1000)::bigint";

    static final String HEADS = """
            with recursive head as (
              select b.id, f.model, f.not_before from batch b cross join lateral (
                select coalesce(model, '') as model, not_before from slice where batch_id = b.id and state = 'pending'
                order by coalesce(model, ''), not_before nulls first limit 1) f
              where b.status = 'in_progress' and b.stop_reason is null and b.paused_at is null
              union all
              select h.id, f.model, f.not_before from head h cross join lateral (
                select coalesce(model, '') as model, not_before from slice
                where batch_id = h.id and state = 'pending' and coalesce(model, '') > h.model
                order by coalesce(model, ''), not_before nulls first limit 1) f)
            select %s, h.model, coalesce(%s, 0) as due_millis from head h join batch b on b.id = h.id
            """.formatted(BATCH, MILLIS_UNTIL.formatted("h.not_before"));

    private static final String BEGUN = """
            select %s, s.* from batch b cross join lateral (
              select seq, coalesce(model, '') as model, %s as open_lines, byte_length, %s as due_millis from slice
              where batch_id = b.id and state = 'pending' order by seq limit $2) s
            where b.id = any($1) and b.status = 'in_progress' and b.stop_reason is null and b.paused_at is null
            order by b.id, s.seq
            """.formatted(BATCH, OPEN_LINES, MILLIS_UNTIL.formatted("not_before"));

    static final String NEXT = """
            select p.n, s.* from unnest($1::text[], $2::text[]) with ordinality as p (batch_id, model, n)
            cross join lateral (
              (select seq, %1$s as open_lines, byte_length, 0::bigint as due_millis from slice
                where batch_id = p.batch_id and state = 'pending' and coalesce(model, '') = p.model
                  and not_before <= now()
                order by not_before nulls first, seq limit $3)
              union all
              (select seq, %1$s, byte_length, 0 from slice
                where batch_id = p.batch_id and state = 'pending' and coalesce(model, '') = p.model
                  and not_before is null
                order by not_before nulls first, seq limit $3)
              union all
              (select seq, 0, byte_length, %2$s from slice
                where batch_id = p.batch_id and state = 'pending' and coalesce(model, '') = p.model
                  and not_before > now()
                order by not_before nulls first, seq limit 1)) s
            """.formatted(OPEN_LINES, MILLIS_UNTIL.formatted("not_before"));

    private final Database database;

    BacklogStore(Database database) {
        this.database = database;
    }

    /** Every running batch's models that have pending slices, by one look into the index for each. */
    List<Backlog.Head> heads() {
        List<Backlog.Head> heads = new ArrayList<>();
        for (Row row : database.run(HEADS)) {
            heads.add(new Backlog.Head(batchModel(row), Math.max(0, row.getLong("due_millis"))));
        }
        return heads;
    }

    /** The next slices of batches that have just begun to run, at most {@code most} of each. */
    List<Backlog.Page> begun(Collection<String> batchIds, int most) {
        Map<BatchModel, List<Row>> rows = new LinkedHashMap<>();
        Map<String, Integer> ofBatch = new LinkedHashMap<>();
        for (Row row : database.run(BEGUN, batchIds.toArray(String[]::new), (long) most)) {
            BatchModel of = batchModel(row);
            rows.computeIfAbsent(of, batch -> new ArrayList<>()).add(row);
            ofBatch.merge(of.batchId(), 1, Integer::sum);
        }
        List<Backlog.Page> pages = new ArrayList<>();
        rows.forEach((of, slices) -> pages.add(page(of, slices, ofBatch.getOrDefault(of.batchId(), 0) >= most)));
        return pages;
    }

    /** The next slices of these batches and models, at most {@code most} of each; those that waited for their time first. */
    List<Backlog.Page> next(List<BatchModel> batches, int most) {
        Map<BatchModel, List<Row>> rows = new LinkedHashMap<>();
        batches.forEach(batch -> rows.put(batch, new ArrayList<>()));
        for (Row row : database.run(
                NEXT,
                batches.stream().map(BatchModel::batchId).toArray(String[]::new),
                batches.stream().map(batch -> batch.demand().key()).toArray(String[]::new),
                (long) most)) {
            BatchModel of = batches.get(row.getLong("n").intValue() - 1);
            rows.getOrDefault(of, new ArrayList<>()).add(row);
        }
        List<Backlog.Page> pages = new ArrayList<>();
        rows.forEach((of, slices) -> pages.add(page(of, slices, slices.size() >= most)));
        return pages;
    }

    private static Backlog.Page page(BatchModel of, List<Row> rows, boolean full) {
        List<Candidate> due = new ArrayList<>();
        OptionalLong next = OptionalLong.empty();
        for (Row row : rows) {
            Long millis = row.getLong("due_millis");
            if (millis == null || millis <= 0) {
                due.add(new Candidate(
                        new SliceId(of.batchId(), row.getInteger("seq")),
                        row.getInteger("open_lines"),
                        row.getInteger("byte_length"),
                        of));
            } else if (next.isEmpty() || millis < next.getAsLong()) {
                next = OptionalLong.of(millis);
            }
        }
        return new Backlog.Page(of, due, full, next);
    }

    private static BatchModel batchModel(Row row) {
        return new BatchModel(
                row.getString("id"),
                Demand.ofKey(row.getString("model"), row.getString("endpoint")),
                row.getString("tenant_id"),
                row.get(OffsetDateTime.class, "expires_at").toInstant(),
                row.get(OffsetDateTime.class, "created_at").toInstant());
    }
}
