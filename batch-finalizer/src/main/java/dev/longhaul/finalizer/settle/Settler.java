package dev.longhaul.finalizer.settle;

import dev.longhaul.finalizer.ownership.OwnedPartitions;
import dev.longhaul.store.StoreException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Looks at the open batches of the owned partitions, when woken and every few seconds, so that no batch depends on a record that
 * may never come. Has a thread of its own.
 */
public final class Settler implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Settler.class);

    private final OwnedPartitions owned;
    private final OpenBatches batches;
    private final Duration every;
    private final Consumer<Collection<String>> onEnded;
    private final Consumer<Collection<StoppedBatch>> onStopped;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread = Thread.ofVirtual().name("settler").unstarted(this::run);
    private volatile boolean closed;

    /**
     * @param onEnded told which batches ended here
     * @param onStopped told at each look which stopped batches still have lines to answer; must not block
     */
    public Settler(
            OwnedPartitions owned,
            OpenBatches batches,
            Duration every,
            Consumer<Collection<String>> onEnded,
            Consumer<Collection<StoppedBatch>> onStopped) {
        this.owned = owned;
        this.batches = batches;
        this.every = every;
        this.onEnded = onEnded;
        this.onStopped = onStopped;
    }

    public void start() {
        thread.start();
    }

    /** Has it look now; never blocks, and many calls may be answered by one look. */
    public void wake() {
        wake.release();
    }

    private void run() {
        try {
            while (!closed) {
                wake.tryAcquire(every.toMillis(), TimeUnit.MILLISECONDS);
                wake.drainPermits();
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        Map<Integer, Long> epochs = owned.epochs();
        if (epochs.isEmpty()) {
            return;
        }
        try {
            batches.expire(epochs.keySet());
            Set<String> ended = batches.end(epochs);
            if (!ended.isEmpty()) {
                onEnded.accept(ended);
            }
            onStopped.accept(batches.stopped(epochs.keySet()));
        } catch (StoreException e) {
            LOG.warnf("LH-F010 open batches could not be looked at, trying again: %s", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("LH-F011 looking at open batches failed", e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        wake();
        thread.join(Duration.ofSeconds(2));
    }
}
