package dev.longhaul.dispatcher;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** A recurring duty on a thread of its own, so that no duty waits for another. It continues after a failure, logged once. */
final class Beat implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Beat.class);
    private static final int CLOSE_SECONDS = 5;

    private final String name;
    private final long intervalNanos;
    private final Runnable duty;
    private final ScheduledExecutorService thread;
    private String warned = "";

    private Beat(Duration interval, String name, Runnable duty) {
        this.name = name;
        this.intervalNanos = interval.toNanos();
        this.duty = duty;
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    /** Does something at once, and again an interval after each start; what was missed meanwhile is not made up for. */
    static Beat every(Duration interval, String name, Runnable duty) {
        Beat beat = new Beat(interval, name, duty);
        beat.next(0);
        return beat;
    }

    private void next(long delayNanos) {
        try {
            thread.schedule(this::turn, delayNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debugf("%s has ended", name);
        }
    }

    private void turn() {
        long started = System.nanoTime();
        run();
        next(Math.max(0, started + intervalNanos - System.nanoTime()));
    }

    /** Does it once more as soon as its thread is free. Never blocks. */
    void now() {
        try {
            thread.execute(this::run);
        } catch (RejectedExecutionException e) {
            LOG.debugf("%s has ended", name);
        }
    }

    private void run() {
        try {
            duty.run();
            warned = "";
        } catch (RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.equals(warned)) {
                LOG.warnf("LH-D002 %s failed, trying again: %s", name, message);
                warned = message;
            }
        }
    }

    /** Ends it, and waits some seconds for a run that is under way. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
