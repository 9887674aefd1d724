package dev.longhaul.store;

import dev.longhaul.model.BatchStatus;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Deletes batches that have ended, with their result files. The row stays without what the tenant wrote: as a cursor, among the
 * batches of the last hour, and because results of it may still be on their way.
 */
@ApplicationScoped
public class BatchDeletion {
    private final Database database;

    public BatchDeletion(Database database) {
        this.database = database;
    }

    /** What became of a deletion. */
    public sealed interface Outcome {}

    /** It is gone, and so are its result files. */
    public record Deleted() implements Outcome {}

    /** The tenant has no such batch. */
    public record Unknown() implements Outcome {}

    /** It stays: it has not ended. */
    public record NotEnded(BatchStatus status) implements Outcome {}

    /** Deletes a tenant's batch; blocks. */
    public Outcome delete(String tenantId, String id) {
        return database.inTransaction(transaction -> {
            RowSet<Row> rows = transaction.run(
                    "select status from batch where id = $1 and tenant_id = $2 and deleted_at is null for update",
                    id,
                    tenantId);
            if (rows.size() == 0) {
                return new Unknown();
            }
            BatchStatus status = BatchStatus.ofWireName(rows.iterator().next().getString("status"));
            if (!status.isTerminal()) {
                return new NotEnded(status);
            }
            transaction.run("""
                    update file set state = 'deleted', deleted_at = now()
                    where id in (select unnest(array[output_ref, error_ref]) from batch where id = $1)
                      and tenant_id = $2 and state = 'ready'""", id, tenantId);
            transaction.run("delete from slice where batch_id = $1", id);
            transaction.run("""
                    update batch set deleted_at = now(), metadata = '{}', tfy_headers = null, job_name = null, errors = null
                    where id = $1""", id);
            return new Deleted();
        });
    }
}
