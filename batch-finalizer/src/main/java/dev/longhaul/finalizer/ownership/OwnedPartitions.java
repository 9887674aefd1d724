package dev.longhaul.finalizer.ownership;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** The partitions this process owns, as the parts beside the results loop see them. Safe for any number of threads. */
public final class OwnedPartitions {
    private final Map<Integer, Long> epochs = new HashMap<>();
    private final Map<Integer, Long> gathered = new HashMap<>();
    private final Map<Integer, Wait> waits = new TreeMap<>();
    private final Listener listener;

    /**
     * A partition that is assigned to this process and not being read.
     *
     * @param since a monotonic clock's nanoseconds
     */
    public record Wait(int partition, long since, String reason) {
        public boolean hasLasted(Duration time) {
            return System.nanoTime() - since >= time.toNanos();
        }
    }

    /** Who hears of takeovers and ends, on the results loop's thread; must not block. */
    public interface Listener {
        void tookOver(int partition, long epoch);

        void lost(int partition);

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
            waits.remove(partition);
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
        waits.remove(partition);
        notifyAll();
    }

    /** For the results loop: the partition is not owned any more, or will be taken over again. */
    public void lost(int partition) {
        synchronized (this) {
            epochs.remove(partition);
            notifyAll();
        }
        listener.lost(partition);
    }

    /** For the results loop: the partition is assigned to this process, and not being read for that reason. */
    public synchronized Wait waits(int partition, String reason) {
        Wait before = waits.get(partition);
        Wait wait = new Wait(partition, before == null ? System.nanoTime() : before.since(), reason);
        waits.put(partition, wait);
        return wait;
    }

    /** For the results loop: the partition is being read, or not assigned to this process any more. */
    public synchronized void waitsNoLonger(int partition) {
        waits.remove(partition);
    }

    /** The partitions that have not been read for at least this long, by number. */
    public synchronized List<Wait> waiting(Duration atLeast) {
        return waits.values().stream().filter(wait -> wait.hasLasted(atLeast)).toList();
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
    public void awaitGathered(int partition, long epoch, long offset, Duration atMost) throws InterruptedException {
        awaitWhile(() -> owns(partition, epoch) && gathered.getOrDefault(partition, 0L) <= offset, atMost);
    }

    /** Waits until the partition is lost or the time is over. */
    public void awaitLost(int partition, long epoch, Duration atMost) throws InterruptedException {
        awaitWhile(() -> owns(partition, epoch), atMost);
    }

    private synchronized void awaitWhile(BooleanSupplier condition, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (condition.getAsBoolean()) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }
}
