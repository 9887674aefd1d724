package dev.longhaul.dispatcher.plan;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Which events of new batches this process acts on. Each event reaches every dispatcher; one of them looks for the batch at once, and the
 * others only if they have not heard after a while what came of it. Hints alone: what is to plan is in PostgreSQL. Any thread.
 */
final class PlanHints {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** One overdue hint makes a process look for all that waits, so these few are enough. */
    private static final int MOST = 1_024;

    private final Map<String, Long> othersSince = new LinkedHashMap<>();

    /** Hears of a new batch; true when it is this process's turn. */
    synchronized boolean isMine(String batchId, int rank, int dispatchers, long nowNanos) {
        if (Math.floorMod(batchId.hashCode(), Math.max(1, dispatchers)) == rank) {
            return true;
        }
        if (othersSince.size() < MOST) {
            othersSince.putIfAbsent(batchId, nowNanos);
        }
        return false;
    }

    /** Hears that a batch need not be planned any more. */
    synchronized void planned(String batchId) {
        othersSince.remove(batchId);
    }

    /** How long until the oldest hint of the others is overdue; at most that long. */
    synchronized long nanosToNext(long atMost, long nowNanos) {
        Iterator<Long> oldest = othersSince.values().iterator();
        return oldest.hasNext() ? Math.clamp(oldest.next() + PATIENCE_NANOS - nowNanos, 0, atMost) : atMost;
    }

    /** Whether the others have left a batch alone for too long; forgets such batches. */
    synchronized boolean takeOverdue(long nowNanos) {
        return othersSince.values().removeIf(since -> nowNanos - since >= PATIENCE_NANOS);
    }
}
