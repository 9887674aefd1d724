package dev.longhaul.store;

import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.ResultKind;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * The two result files of a batch as far as they are sealed, also while it runs. They only grow at their end, by whole lines.
 * Methods block and throw {@link StoreException}s.
 */
@ApplicationScoped
public class BatchResults {
    private final Database database;

    public BatchResults(Database database) {
        this.database = database;
    }

    /**
     * How much there is of one of them.
     *
     * @param fileId the file whose segments hold it
     * @param bytes sealed so far
     * @param ended whether none will follow
     * @param gone whether it was a file that has been deleted or has expired
     */
    public record Growth(String fileId, long bytes, boolean ended, boolean gone) {}

    /** One of a tenant's batch's files now; empty when the tenant has no such batch. */
    public Optional<Growth> of(String tenantId, String batchId, ResultKind kind) {
        RowSet<Row> rows = database.run("""
                select b.status, r.id,
                  coalesce((select sum(s.bytes) from file_segment s where s.file_id = r.id), 0)::bigint as bytes,
                  exists (select from file f
                    where f.id = r.id and (f.state <> 'ready' or f.expires_at <= now())) as gone
                from batch b cross join lateral (
                  select case when $3 then b.output_ref else b.error_ref end as id) r
                where b.id = $1 and b.tenant_id = $2 and b.deleted_at is null
                """, batchId, tenantId, kind == ResultKind.OUTPUT);
        if (rows.size() == 0) {
            return Optional.empty();
        }
        Row row = rows.iterator().next();
        return Optional.of(new Growth(
                row.getString("id"),
                row.getLong("bytes"),
                BatchStatus.ofWireName(row.getString("status")).isTerminal(),
                row.getBoolean("gone")));
    }
}
