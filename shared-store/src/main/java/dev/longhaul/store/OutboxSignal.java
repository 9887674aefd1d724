package dev.longhaul.store;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Tells the outbox relay, wherever it runs, that there are new rows. {@code NOTIFY} goes in a transaction of its own, since inside
 * a commit it takes a global lock, and the signals of a moment become one. It is a hint: the relay polls behind a lost one.
 */
@ApplicationScoped
public class OutboxSignal {
    /** The PostgreSQL channel the relay listens on. */
    public static final String CHANNEL = "longhaul_outbox";

    private static final Logger LOG = Logger.getLogger(OutboxSignal.class);

    /** A lost signal costs a moment, so that it need not wait for the disk while it holds the lock that all signals take. */
    private static final String NOTIFY = """
            with quick as (select set_config('synchronous_commit', 'off', true))
            select pg_notify('%s', '') where exists (select from quick)""".formatted(CHANNEL);

    private final Database database;
    private final AtomicBoolean underway = new AtomicBoolean();
    private final List<BooleanSupplier> listeners = new CopyOnWriteArrayList<>();

    public OutboxSignal(Database database) {
        this.database = database;
    }

    /**
     * Has something run at each signal raised in this process, ahead of the way through PostgreSQL; it must not block or throw. When
     * it returns true, because the relay is here, PostgreSQL is spared the signal.
     */
    public void onRaise(BooleanSupplier listener) {
        listeners.add(listener);
    }

    /** Asks for a signal; call it after the commit. Never blocks. */
    public void raise() {
        boolean heard = false;
        for (BooleanSupplier listener : listeners) {
            heard |= listener.getAsBoolean();
        }
        if (!heard && underway.compareAndSet(false, true)) {
            Thread.startVirtualThread(this::send);
        }
    }

    private void send() {
        // Lowered before the statement: a raise that comes after it needs a signal of its own.
        underway.set(false);
        try {
            database.run(NOTIFY);
        } catch (StoreException e) {
            LOG.debugf("no signal to the relay, it will poll: %s", e.getMessage());
        }
    }
}
