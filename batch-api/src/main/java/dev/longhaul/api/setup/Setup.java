package dev.longhaul.api.setup;

import dev.longhaul.api.auth.ApiKeys;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.kafka.TopicSetup;
import dev.longhaul.store.kafka.TopicWatch;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.jboss.logging.Logger;

/**
 * Prepares PostgreSQL, Kafka and S3, each as soon as it is there: all processes start at once, and this one must not end because
 * another is late.
 */
@ApplicationScoped
public class Setup {
    private static final Logger LOG = Logger.getLogger(Setup.class);
    private static final Duration AGAIN = Duration.ofMillis(500);
    private static final int LONGEST_REASON = 300;
    private static final Duration NEVER = Duration.ofDays(10_000);

    /** What must be prepared. */
    public enum Part {
        POSTGRESQL,
        KAFKA,
        S3
    }

    private final Flyway flyway;
    private final ApiKeys keys;
    private final TopicSetup topics;
    private final TopicWatch watch;
    private final ObjectStore objects;
    private final Set<Part> done = Collections.synchronizedSet(EnumSet.noneOf(Part.class));
    private final List<Loop> loops = new CopyOnWriteArrayList<>();

    Setup(Flyway flyway, ApiKeys keys, TopicSetup topics, TopicWatch watch, ObjectStore objects) {
        this.flyway = flyway;
        this.keys = keys;
        this.topics = topics;
        this.watch = watch;
        this.objects = objects;
    }

    /** Whether a part is prepared; it then stays so. */
    public boolean isDone(Part part) {
        return done.contains(part);
    }

    void start(@Observes StartupEvent event) {
        prepare(Part.POSTGRESQL, () -> {
            flyway.migrate();
            keys.writeFirst();
        });
        prepare(Part.KAFKA, () -> {
            topics.ensure();
            watch.start();
        });
        prepare(Part.S3, objects::ensureBucket);
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        for (Loop loop : loops) {
            loop.close();
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private void prepare(Part part, Step step) {
        AtomicReference<String> said = new AtomicReference<>("");
        loops.add(Loop.start("setup-" + part, () -> {
            try {
                step.run();
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                String reason = reason(e);
                if (!reason.equals(said.getAndSet(reason))) {
                    LOG.warnf("part=%s is not reachable yet, retrying: %s", part, reason);
                }
                return AGAIN;
            }
            done.add(part);
            LOG.infof("part=%s is ready", part);
            return NEVER;
        }));
    }

    /** The innermost cause, on one line; one without a message is called by its name. */
    static String reason(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String words = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        String onOneLine = words.lines().collect(Collectors.joining("; "));
        return onOneLine.substring(0, Math.min(onOneLine.length(), LONGEST_REASON));
    }
}
