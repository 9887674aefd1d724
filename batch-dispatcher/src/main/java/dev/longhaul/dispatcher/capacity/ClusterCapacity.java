package dev.longhaul.dispatcher.capacity;

import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.store.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The dispatchers' capacity as the leader sees it, and lends it; empty in a process that does not lead. Reading it costs no query. Any
 * thread.
 */
@ApplicationScoped
public class ClusterCapacity {
    private final Database database;
    private final Backends backends;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private @Nullable Lending lending;

    ClusterCapacity(Database database, Backends backends) {
        this.database = database;
        this.backends = backends;
    }

    /**
     * This process leads from now on. Calling it again under the same epoch does nothing.
     *
     * @param epoch the epoch of the leader's lease
     */
    public synchronized void startLeading(long epoch) {
        Lending running = lending;
        if (running == null || running.epoch() != epoch) {
            stopLeading();
            Map<String, Integer> ceilings = backends.all().stream()
                    .collect(Collectors.toMap(
                            Backend::name, backend -> backend.config().maxInFlight()));
            lending = new Lending(database, epoch, ceilings, () -> listeners.forEach(Runnable::run));
        }
    }

    /** This process no longer leads: reports are forgotten. Calling it again does nothing. */
    public synchronized void stopLeading() {
        Lending running = lending;
        lending = null;
        if (running != null) {
            running.close();
        }
    }

    /** Lines by backend that the live dispatchers would still take on; what is released and unclaimed is not subtracted. */
    public synchronized Map<String, Integer> wanted() {
        return lending == null ? Map.of() : lending.wanted();
    }

    /** How many dispatchers live. */
    public synchronized int dispatchers() {
        return lending == null ? 0 : lending.dispatchers();
    }

    /** Calls back whenever a report arrives; the action must neither block nor throw. */
    public void onChange(Runnable action) {
        listeners.add(action);
    }
}
