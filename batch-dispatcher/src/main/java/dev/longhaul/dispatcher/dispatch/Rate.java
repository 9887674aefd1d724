package dev.longhaul.dispatcher.dispatch;

import java.util.concurrent.TimeUnit;

/** Events a second, from a running count: rises at once with the present, and falls by half a second at most. One thread at a time. */
final class Rate {
    private static final double SLOWEST_DECAY = 0.5;
    private static final double SHORTEST_SECONDS = 0.02;

    private long count;
    private long atNanos;
    private double perSecond;

    Rate(long nowNanos) {
        this.atNanos = nowNanos;
    }

    /** Takes the count as it is now; the rate by then. What comes too soon after the last count changes nothing. */
    double update(long nowCount, long nowNanos) {
        double seconds = (nowNanos - atNanos) / (double) TimeUnit.SECONDS.toNanos(1);
        if (seconds >= SHORTEST_SECONDS) {
            double present = (nowCount - count) / seconds;
            perSecond = Math.max(present, perSecond * Math.pow(SLOWEST_DECAY, seconds));
            count = nowCount;
            atNanos = nowNanos;
        }
        return perSecond;
    }
}
