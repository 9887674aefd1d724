package dev.longhaul.store.kafka;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Creates topics again that vanish while a service runs, as they do when a Kafka is lost and set up again. Producers and consumers
 * would wait for them indefinitely.
 */
@ApplicationScoped
public class TopicWatch {
    private static final Logger LOG = Logger.getLogger(TopicWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final KafkaProbe probe;
    private final TopicSetup topics;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Thread thread;

    public TopicWatch(KafkaProbe probe, TopicSetup topics) {
        this.probe = probe;
        this.topics = topics;
    }

    /** Begins to watch; the topics have been set up once. */
    public synchronized void start() {
        if (thread == null) {
            thread = Thread.ofVirtual().name("topic-watch").start(this::run);
        }
    }

    private void run() {
        try {
            while (!closing.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        try {
            Set<String> incomplete = topics.incomplete(probe.topics());
            if (!incomplete.isEmpty()) {
                LOG.warnf("Topics have vanished and are created again, topics=%s", incomplete);
                topics.ensure();
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("Kafka does not say which topics exist", e);
        } catch (TopicSetup.SetupFailedException e) {
            LOG.warnf("Topics cannot be created again: %s", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("Looking for vanished topics failed", e);
        }
    }

    @PreDestroy
    public synchronized void close() {
        closing.countDown();
        if (thread != null) {
            thread.interrupt();
        }
    }
}
