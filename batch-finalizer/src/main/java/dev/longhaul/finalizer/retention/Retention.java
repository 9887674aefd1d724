package dev.longhaul.finalizer.retention;

import dev.longhaul.store.Database;
import dev.longhaul.store.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/** Every few minutes, on a thread of its own, removes what the owned partitions' ended work leaves behind. */
public final class Retention implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Retention.class);

    private final Supplier<Set<Integer>> owned;
    private final EndedSlices slices;
    private final PassedRecords records;
    private final Map<String, Object> kafka;
    private final Duration keep;
    private final Duration every;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("retention").unstarted(this::run);

    /**
     * @param owned the partitions to look after
     * @param keep how long things stay after they were last needed
     * @param every how often to look
     */
    public Retention(
            Supplier<Set<Integer>> owned, Database database, Map<String, Object> kafka, Duration keep, Duration every) {
        this.owned = owned;
        this.slices = new EndedSlices(database);
        this.records = new PassedRecords(database);
        this.kafka = new HashMap<>(kafka);
        this.keep = keep;
        this.every = every;
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closing.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                pass();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass() throws InterruptedException {
        Set<Integer> partitions = owned.get();
        if (partitions.isEmpty()) {
            return;
        }
        try (Admin admin = Admin.create(kafka)) {
            records.delete(admin, records.note(partitions, keep));
            slices.delete(partitions, keep);
        } catch (StoreException | KafkaException e) {
            LOG.infof("retention waits for the next time: %s", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("LH-F016 retention failed, trying again the next time", e);
        }
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
