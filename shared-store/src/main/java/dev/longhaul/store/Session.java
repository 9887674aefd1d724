package dev.longhaul.store;

import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection kept for what lives and dies with its session: advisory locks and notifications. It must not be silent for long, see
 * {@link PostgresPool#SILENCE}: its owner runs a statement, or {@linkplain #ping pings}, every few seconds. Any thread.
 */
public final class Session implements AutoCloseable {
    /** Half of the shortest lease that depends on a session, so that there is time for another one. */
    private static final long PATIENCE_SECONDS = 5;

    private final SqlConnection connection;
    private final Map<String, Consumer<String>> channels = new ConcurrentHashMap<>();
    private volatile boolean open = true;
    private volatile Runnable onLoss = () -> {};

    Session(SqlConnection connection) {
        this.connection = connection;
        connection.closeHandler(closed -> lost());
        ((PgConnection) connection)
                .notificationHandler(notification -> channels.getOrDefault(notification.getChannel(), payload -> {})
                        .accept(notification.getPayload()));
    }

    /** Whether the session may be relied on: neither ended nor silent when it was asked something. */
    public boolean isOpen() {
        return open;
    }

    /** What to do when the session is lost, on an event loop; runs at once when it already is. Must not block. */
    public void onLoss(Runnable action) {
        onLoss = action;
        if (!open) {
            action.run();
        }
    }

    /**
     * Runs one statement in the session and waits up to 5 s for the answer.
     *
     * @throws StoreUnavailableException if there was no answer; the session is then given up
     */
    public RowSet<Row> run(String sql, @Nullable Object... parameters) {
        try {
            return Database.await(connection.preparedQuery(sql).execute(Tuple.wrap(parameters)), PATIENCE_SECONDS);
        } catch (StoreUnavailableException e) {
            lost();
            throw e;
        }
    }

    /** Sends a statement without waiting for its answer, so that the session is not silent. Never blocks. */
    public void ping() {
        connection.query("select 1").execute();
    }

    /** Notifies those who listen on a channel, without waiting for the answer; a lost session loses it. Never blocks. */
    public void notify(String channel, String payload) {
        connection.preparedQuery("select pg_notify($1, $2)").execute(Tuple.of(channel, payload));
    }

    /**
     * Listens on a channel.
     *
     * @param onPayload runs on an event loop for each notification, and must not block
     */
    public void listen(String channel, Consumer<String> onPayload) {
        channels.put(channel, onPayload);
        run("listen " + channel);
    }

    private void lost() {
        if (open) {
            open = false;
            onLoss.run();
        }
    }

    /** Ends the session: its connection does not go back to the pool with locks on it. Never blocks. */
    @Override
    public void close() {
        open = false;
        onLoss = () -> {};
        // Back to the pool only when it has ended; one that does not answer is closed for its silence.
        connection
                .query("select pg_terminate_backend(pg_backend_pid())")
                .execute()
                .onComplete(ended -> connection.close());
    }
}
