package dev.longhaul.dispatcher.backend;

import dev.longhaul.store.Database;
import dev.longhaul.store.StoreException;
import io.vertx.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Which models the cluster's backends serve, in PostgreSQL: what a backend named to one dispatcher, all know, also after a restart and
 * while it does not answer. A list is written when it has changed; rows that no dispatcher has renewed for a day are removed, since nobody
 * has that backend any more.
 */
@ApplicationScoped
public class ModelMemory {
    private static final Logger LOG = Logger.getLogger(ModelMemory.class);
    private static final long LOOK_MILLIS = 500;
    private static final long RENEW_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final String WRITE = """
            with gone as (delete from backend_model where backend = $1 and model <> all($2))
            insert into backend_model (backend, model) select $1, m from unnest($2::text[]) m order by m
            on conflict (backend, model) do update set seen_at = now()
              where backend_model.seen_at < now() - interval '30 min'
            """;

    private final Database database;
    private final Backends backends;
    private final Map<Backend, Set<String>> written = new HashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("model-memory").factory());
    private long renewedNanos = System.nanoTime();
    private volatile boolean recalled;
    private volatile Runnable onNews = () -> {};

    public ModelMemory(Database database, Backends backends) {
        this.database = database;
        this.backends = backends;
    }

    /** Reads what is known, and keeps it up to date from now on. */
    public void start(Runnable whenModelsChanged) {
        onNews = whenModelsChanged;
        timer.scheduleWithFixedDelay(this::keep, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Writes nothing any more. */
    public void stop() {
        timer.shutdownNow();
    }

    /** Reads again what the others know; one statement. */
    public void recall() {
        Map<String, Set<String>> known = new HashMap<>();
        for (Row row : database.run("select backend, model from backend_model")) {
            known.computeIfAbsent(row.getString(0), name -> new HashSet<>()).add(row.getString(1));
        }
        for (Backend backend : backends.all()) {
            backend.remember(known.getOrDefault(backend.name(), Set.of()));
        }
        recalled = true;
    }

    private void keep() {
        try {
            if (!recalled) {
                recall();
            }
            boolean renew = System.nanoTime() - renewedNanos > RENEW_NANOS;
            for (Backend backend : backends.all()) {
                Set<String> served = backend.served();
                boolean news = backend.modelsKnown() && !served.equals(written.get(backend));
                if (news || (renew && !served.isEmpty())) {
                    database.run(WRITE, backend.name(), served.toArray(String[]::new));
                    written.put(backend, served);
                }
                if (news) {
                    onNews.run();
                }
            }
            if (renew) {
                database.run("delete from backend_model where seen_at < now() - interval '1 day'");
                renewedNanos = System.nanoTime();
            }
        } catch (StoreException e) {
            LOG.debugf("the models of backends are noted later: %s", e.getMessage());
        } catch (RuntimeException e) {
            LOG.errorf(e, "LH-D046 The models of backends could not be noted.");
        }
    }
}
