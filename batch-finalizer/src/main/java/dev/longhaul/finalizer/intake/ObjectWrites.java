package dev.longhaul.finalizer.intake;

import dev.longhaul.finalizer.gather.SealedSegment;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Writes objects beside the results loop, a few at a time, and tries each again until it is written or nobody needs it any more.
 * Safe for any number of threads.
 */
final class ObjectWrites implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ObjectWrites.class);
    private static final int AT_ONCE = 8;
    private static final long MAX_PAUSE_MILLIS = 5_000;

    private final ObjectStore objects;
    private final Semaphore permits = new Semaphore(AT_ONCE);
    private final Queue<SealedSegment> written = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final CountDownLatch closing = new CountDownLatch(1);

    ObjectWrites(ObjectStore objects) {
        this.objects = objects;
    }

    /** Begins to write an object; returns at once. */
    void start(SealedSegment segment) {
        pending.incrementAndGet();
        Thread.ofVirtual().name("object-write").start(() -> {
            try {
                permits.acquire();
                try {
                    write(segment);
                } finally {
                    permits.release();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                pending.decrementAndGet();
            }
        });
    }

    private void write(SealedSegment segment) throws InterruptedException {
        long pause = 100;
        while (!segment.isAbandoned()) {
            try {
                objects.put(segment.key(), segment.bytes(), segment.length());
                written.add(segment);
                return;
            } catch (StoreException e) {
                LOG.warnf("LH-F001 an object is not written yet, key=%s: %s", segment.key(), e.getMessage());
            }
            if (closing.await(pause, TimeUnit.MILLISECONDS)) {
                return;
            }
            pause = Math.min(2 * pause, MAX_PAUSE_MILLIS);
        }
    }

    /** Whether objects are being written. */
    boolean isBusy() {
        return pending.get() > 0 || !written.isEmpty();
    }

    /** The segments written since the last call. */
    List<SealedSegment> drainWritten() {
        List<SealedSegment> drained = new ArrayList<>();
        for (SealedSegment next = written.poll(); next != null; next = written.poll()) {
            drained.add(next);
        }
        return drained;
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
