package dev.longhaul.dispatcher.capacity;

import dev.longhaul.store.Database;
import dev.longhaul.store.StoreException;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What the live dispatchers report, as the leader sees it; empty in a process that does not lead. Reading it costs no query. Any
 * thread.
 */
@ApplicationScoped
public class ClusterCapacity {
    private static final Logger LOG = Logger.getLogger(ClusterCapacity.class);
    private static final long LOOK_MILLIS = 1_000;

    private final Database database;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Map<String, Integer> wanted = Map.of();
    private volatile int dispatchers;
    private @Nullable Thread looking;

    ClusterCapacity(Database database) {
        this.database = database;
    }

    /**
     * This process leads from now on. Calling it again under the same epoch does nothing.
     *
     * @param epoch the epoch of the leader's lease
     */
    public synchronized void startLeading(long epoch) {
        if (looking == null) {
            looking = Thread.ofVirtual().name("cluster-capacity").start(this::look);
        }
    }

    /** This process no longer leads: reports are forgotten. Calling it again does nothing. */
    public synchronized void stopLeading() {
        Thread running = looking;
        if (running != null) {
            running.interrupt();
            looking = null;
        }
        wanted = Map.of();
        dispatchers = 0;
    }

    /** Lines by backend that the live dispatchers would still take on; what is released and unclaimed is not subtracted. */
    public Map<String, Integer> wanted() {
        return wanted;
    }

    /** How many dispatchers live. */
    public int dispatchers() {
        return dispatchers;
    }

    /** Calls back whenever a report arrives; the action must neither block nor throw. */
    public void onChange(Runnable action) {
        listeners.add(action);
    }

    private void look() {
        try {
            while (true) {
                try {
                    read();
                } catch (StoreException e) {
                    LOG.debugf("the dispatchers' reports cannot be read: %s", e.getMessage());
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        Map<String, Integer> sum = new HashMap<>();
        int live = 0;
        for (Row row : database.run("select wanted from process where kind = 'dispatcher' and lease_until > now()")) {
            live++;
            JsonObject one = row.getJsonObject(0);
            one.forEach(entry -> sum.merge(entry.getKey(), ((Number) entry.getValue()).intValue(), Integer::sum));
        }
        wanted = Map.copyOf(sum);
        dispatchers = live;
        listeners.forEach(Runnable::run);
    }
}
