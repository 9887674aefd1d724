package dev.longhaul.store;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Listens for signals of other processes on a session of its own. Belongs to one thread, which may block. */
@ApplicationScoped
public class OutboxListener {
    private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Database database;
    private long pingedNanos;
    private @Nullable Session session;

    public OutboxListener(Database database) {
        this.database = database;
    }

    /**
     * Listens if it does not yet, or no longer. Call it every few seconds, since a session must not be silent.
     *
     * @param onSignal runs on an event loop and must not block
     * @throws StoreException if PostgreSQL cannot be reached
     */
    public void ensureListening(Runnable onSignal) {
        Session current = session;
        if (current != null && current.isOpen()) {
            if (System.nanoTime() - pingedNanos > PING_NANOS) {
                pingedNanos = System.nanoTime();
                current.ping();
            }
            return;
        }
        close();
        Session fresh = database.openSession();
        session = fresh;
        pingedNanos = System.nanoTime();
        fresh.listen(OutboxSignal.CHANNEL, payload -> onSignal.run());
        // What was signalled before we listened.
        onSignal.run();
    }

    /** Stops listening. */
    public void close() {
        Session current = session;
        session = null;
        if (current != null) {
            current.close();
        }
    }
}
