package dev.longhaul.dispatcher.schedule;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * How many slices may be released and unclaimed at a time: as many as dispatchers claimed in the last second, and some to begin with.
 * Slices of a single line would otherwise be released by the thousand, faster than their hints can be read. Belongs to the scheduler's
 * thread.
 */
final class ClaimRate {
    /** As many may always be released. */
    static final int FLOOR = 256;

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Sample(int claimed, long atNanos) {}

    private final Deque<Sample> samples = new ArrayDeque<>();
    private int unclaimed;
    private int inWindow;

    /** So many released slices were found unclaimed; the others that were released before have been claimed. */
    void found(int nowUnclaimed, long nowNanos) {
        int claimed = Math.max(0, unclaimed - nowUnclaimed);
        unclaimed = nowUnclaimed;
        if (claimed > 0) {
            samples.addLast(new Sample(claimed, nowNanos));
            inWindow += claimed;
        }
    }

    /** So many slices were released. */
    void released(int slices) {
        unclaimed += slices;
    }

    /** So many released slices became pending again without having been claimed. */
    void takenBack(int slices) {
        unclaimed = Math.max(0, unclaimed - slices);
    }

    /** Whether some released slice may be unclaimed. */
    boolean mayBeUnclaimed() {
        return unclaimed > 0;
    }

    /** How many further slices may be released now. */
    int room(long nowNanos) {
        for (Sample first = samples.peekFirst();
                first != null && nowNanos - first.atNanos() > WINDOW_NANOS;
                first = samples.peekFirst()) {
            inWindow -= first.claimed();
            samples.removeFirst();
        }
        return Math.max(0, Math.max(FLOOR, inWindow) - unclaimed);
    }
}
