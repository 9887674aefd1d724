package dev.longhaul.dispatcher.backend;

import java.util.concurrent.TimeUnit;

/**
 * When a backend is asked next which models it serves, and which of its troubles is news. Times are {@link System#nanoTime}'s. Any
 * thread.
 */
final class ListTiming {
    /** How old a list may be. */
    static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private long dueNanos;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private String trouble = "";

    ListTiming(long nowNanos) {
        this.dueNanos = nowNanos;
    }

    synchronized boolean isDue(long nowNanos) {
        return nowNanos - dueNanos >= 0;
    }

    /** It named its models. */
    synchronized void succeeded(long nowNanos) {
        dueNanos = nowNanos + FRESH_NANOS;
        pauseNanos = FIRST_PAUSE_NANOS;
        trouble = "";
    }

    /** It answered something else; true when that is another trouble than last time. */
    synchronized boolean failed(long nowNanos, String what) {
        dueNanos = nowNanos + pauseNanos;
        pauseNanos = Math.min(2 * pauseNanos, FRESH_NANOS);
        boolean news = !what.equals(trouble);
        trouble = what;
        return news;
    }
}
