package dev.longhaul.dispatcher;

import dev.longhaul.dispatcher.dispatch.Dispatch;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Sees that slices of stopped and paused batches stop: at once on an event, and within a second without one. */
@ApplicationScoped
class StopWatch {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Dispatch dispatch;
    private volatile long checkedNanos = System.nanoTime();

    StopWatch(Dispatch dispatch) {
        this.dispatch = dispatch;
    }

    /**
     * Asks PostgreSQL which held batches are stopped or paused, if it has not been asked for a second; blocks. Of what is not held
     * nothing is remembered: a claim asks PostgreSQL by itself.
     */
    void check() {
        if (System.nanoTime() - checkedNanos > INTERVAL_NANOS) {
            checkedNanos = System.nanoTime();
            Set<String> held = dispatch.heldBatches();
            dispatch.stopBatches(dispatch.stoppedAmong(held));
            dispatch.pauseOnly(dispatch.pausedAmong(held));
        }
    }

    /** An event said that a batch is being cancelled. */
    void stopped(String batchId) {
        dispatch.stopBatches(Set.of(batchId));
    }

    /** An event said that a batch is paused. */
    void paused(String batchId) {
        dispatch.pause(batchId);
    }

    /** An event said that a batch may go on. */
    void goesOn(String batchId) {
        dispatch.resume(batchId);
    }
}
