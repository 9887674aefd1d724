package dev.longhaul.finalizer.ownership;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** The partitions this process owns, as the parts beside the results loop see them. Safe for any number of threads. */
public final class OwnedPartitions {
    private final Map<Integer, Long> epochs = new HashMap<>();
    private final Map<Integer, Long> gathered = new HashMap<>();
    private final Listener listener;

    /** Who hears of takeovers and ends, on the results loop's thread; must not block. */
    public interface Listener {
        void tookOver(int partition, long epoch);

        void ended(Collection<String> batchIds);
    }

    public OwnedPartitions(Listener listener) {
        this.listener = listener;
    }

    /** For the results loop: the partition is owned under that epoch from now on. */
    public void tookOver(int partition, long epoch) {
        synchronized (this) {
            epochs.put(partition, epoch);
            gathered.remove(partition);
        }
        listener.tookOver(partition, epoch);
    }

    /** For the results loop: these batches ended with a checkpoint. */
    public void ended(Collection<String> batchIds) {
        listener.ended(batchIds);
    }

    /** For the results loop: records below the offset are gathered. */
    public synchronized void gathered(int partition, long offset) {
        gathered.put(partition, offset);
        notifyAll();
    }

    /** For the results loop: the partition is not owned any more, or will be taken over anew. */
    public synchronized void lost(int partition) {
        epochs.remove(partition);
        notifyAll();
    }

    /** The owned partitions with their epochs, as of now. */
    public synchronized Map<Integer, Long> epochs() {
        return Map.copyOf(epochs);
    }

    /** The epoch under which a partition is owned. */
    public synchronized OptionalLong epoch(int partition) {
        Long epoch = epochs.get(partition);
        return epoch == null ? OptionalLong.empty() : OptionalLong.of(epoch);
    }

    /** Whether the partition is owned under that very epoch. */
    public synchronized boolean owns(int partition, long epoch) {
        Long current = epochs.get(partition);
        return current != null && current == epoch;
    }

    /** Waits until the record at that offset is gathered, the partition is lost, or the time is over. */
    public synchronized void awaitGathered(int partition, long epoch, long offset, Duration atMost)
            throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (owns(partition, epoch) && gathered.getOrDefault(partition, 0L) <= offset) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }
}
