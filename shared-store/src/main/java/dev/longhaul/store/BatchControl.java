package dev.longhaul.store;

import dev.longhaul.model.StopReason;
import dev.longhaul.model.Transition;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.OptionalInt;

/** What a tenant does with a batch that runs. Methods block and throw {@link StoreException}s. */
@ApplicationScoped
public class BatchControl {
    private final Database database;
    private final BatchStore batches;
    private final Transitions transitions;

    public BatchControl(Database database, BatchStore batches, Transitions transitions) {
        this.database = database;
        this.batches = batches;
        this.transitions = transitions;
    }

    /**
     * Asks a batch to stop, unless it has ended, is ending or was asked to stop before: then it stays as it is.
     *
     * @return the batch afterwards; empty when the tenant has no such batch
     */
    public Optional<Batch> cancel(String tenantId, String id) {
        database.inTransaction(transaction -> {
            RowSet<Row> stopped = transaction.run(
                    """
                    update batch set stop_reason = $3, stop_at = now(), paused_at = null
                    where id = $1 and tenant_id = $2 and stop_reason is null and status = any($4) returning id""",
                    id,
                    tenantId,
                    StopReason.CANCELLED.wireName(),
                    Transition.CANCEL.fromWireNames().toArray(String[]::new));
            return stopped.size() == 0 ? OptionalInt.empty() : transitions.apply(transaction, id, Transition.CANCEL);
        });
        return batches.find(tenantId, id);
    }

    /**
     * Pauses a batch: no further line starts, calls under way end and count, its window goes on. One that has ended, is ending or
     * is paused already stays as it is.
     *
     * @return the batch afterwards; empty when the tenant has no such batch
     */
    public Optional<Batch> pause(String tenantId, String id) {
        return setPaused(tenantId, id, true);
    }

    /**
     * Lets a paused batch go on; one that is not paused stays as it is.
     *
     * @return the batch afterwards; empty when the tenant has no such batch
     */
    public Optional<Batch> resume(String tenantId, String id) {
        return setPaused(tenantId, id, false);
    }

    private Optional<Batch> setPaused(String tenantId, String id, boolean paused) {
        database.inTransaction(transaction -> transitions.setPaused(transaction, tenantId, id, paused));
        return batches.find(tenantId, id);
    }
}
