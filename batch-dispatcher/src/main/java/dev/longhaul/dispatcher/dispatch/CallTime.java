package dev.longhaul.dispatcher.dispatch;

import java.util.concurrent.TimeUnit;

/**
 * How long a backend's calls take lately: a moving average over some twenty of them. From it and the slots follows what the backend
 * can start a second (Little's law), however the calls bunch. Any thread; a sample lost to a race is no loss.
 */
final class CallTime {
    private static final double WEIGHT = 0.05;
    private static final double UNKNOWN = -1;

    private volatile double averageNanos = UNKNOWN;

    /** A call was answered well after so long. */
    void add(long nanos) {
        double before = averageNanos;
        averageNanos = before == UNKNOWN ? nanos : before + WEIGHT * (nanos - before);
    }

    /** Calls that so many slots can start in a second; 0 while no call was answered. */
    double callsPerSecond(int slots) {
        double nanos = averageNanos;
        return nanos == UNKNOWN ? 0 : slots * TimeUnit.SECONDS.toNanos(1) / Math.max(1, nanos);
    }
}
