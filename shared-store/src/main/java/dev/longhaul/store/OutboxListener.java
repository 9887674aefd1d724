package dev.longhaul.store;

import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** Listens for signals of other processes on a connection of its own. Belongs to one thread, which may block. */
@ApplicationScoped
public class OutboxListener {
    private final Pool pool;
    private volatile @Nullable SqlConnection connection;

    public OutboxListener(Pool pool) {
        this.pool = pool;
    }

    /**
     * Listens if it does not yet, or no longer.
     *
     * @param onSignal runs on an event loop and must not block
     * @throws StoreException if PostgreSQL cannot be reached
     */
    public void ensureListening(Runnable onSignal) {
        if (connection != null) {
            return;
        }
        SqlConnection fresh = Database.await(pool.getConnection());
        try {
            // Not before the handlers are there: a connection that broke in between would be believed in for ever.
            fresh.closeHandler(closed -> connection = null);
            ((PgConnection) fresh).notificationHandler(notification -> onSignal.run());
            connection = fresh;
            Database.await(fresh.query("listen " + OutboxSignal.CHANNEL).execute());
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        // What was signalled before we listened.
        onSignal.run();
    }

    /** Stops listening. */
    public void close() {
        SqlConnection current = connection;
        connection = null;
        if (current != null) {
            // Given back to the pool it would go on listening.
            current.query("unlisten *").execute().onComplete(done -> current.close());
        }
    }
}
