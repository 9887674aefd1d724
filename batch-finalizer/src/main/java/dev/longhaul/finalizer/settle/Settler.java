package dev.longhaul.finalizer.settle;

import dev.longhaul.finalizer.ownership.OwnedPartitions;
import dev.longhaul.store.StoreException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
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
    /** Between looks while there is more than one look takes on. */
    private static final long BUSY_MILLIS = 200;

    private static final long WHOLE_NANOS = Duration.ofMinutes(1).toNanos();

    private final OwnedPartitions owned;
    private final OpenBatches batches;
    private final Duration every;
    private final Consumer<Collection<String>> onEnded;
    private final Stopped stopped;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread = Thread.ofVirtual().name("settler").unstarted(this::run);
    private Set<Integer> known = Set.of();
    private long lookedForWhole;
    private volatile boolean closed;

    /** Who answers the lines of stopped batches; must not block. */
    public interface Stopped {
        /** The batches that need not be offered. */
        Set<String> underway();

        /** Tells at each look which other stopped batches have lines to answer. */
        void offer(Collection<StoppedBatch> batches);
    }

    /** @param onEnded told which batches ended here */
    public Settler(
            OwnedPartitions owned,
            OpenBatches batches,
            Duration every,
            Consumer<Collection<String>> onEnded,
            Stopped stopped) {
        this.owned = owned;
        this.batches = batches;
        this.every = every;
        this.onEnded = onEnded;
        this.stopped = stopped;
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
            boolean more = false;
            while (!closed) {
                wake.tryAcquire(more ? BUSY_MILLIS : every.toMillis(), TimeUnit.MILLISECONDS);
                wake.drainPermits();
                more = !closed && look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** True when there is more than one look takes on. */
    private boolean look() {
        Map<Integer, Long> epochs = owned.epochs();
        if (epochs.isEmpty()) {
            return false;
        }
        try {
            boolean more = batches.expire(epochs.keySet());
            OpenBatches.Waiting waiting = batches.waiting(epochs.keySet(), stopped.underway());
            end(epochs, waiting.toEnd());
            stopped.offer(waiting.stopped());
            lookForWhole(epochs);
            return more || waiting.more();
        } catch (StoreException e) {
            LOG.warnf("LH-F010 open batches could not be looked at, trying again: %s", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("LH-F011 looking at open batches failed", e);
        }
        return false;
    }

    private void lookForWhole(Map<Integer, Long> epochs) {
        if (!known.containsAll(epochs.keySet()) || System.nanoTime() - lookedForWhole > WHOLE_NANOS) {
            end(epochs, batches.whole(epochs.keySet()));
            lookedForWhole = System.nanoTime();
        }
        known = epochs.keySet();
    }

    private void end(Map<Integer, Long> epochs, List<String> ids) {
        Set<String> ended = batches.end(epochs, ids);
        if (!ended.isEmpty()) {
            onEnded.accept(ended);
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        wake();
        thread.join(Duration.ofSeconds(1));
    }
}
