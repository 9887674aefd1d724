package dev.longhaul.dispatcher;

import dev.longhaul.dispatcher.dispatch.Dispatch;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;

/** Sees that slices of stopped and paused batches stop: at once on an event, and within a second without one. */
@ApplicationScoped
class StopWatch {
    private final Dispatch dispatch;

    StopWatch(Dispatch dispatch) {
        this.dispatch = dispatch;
    }

    /**
     * Asks PostgreSQL which held batches are stopped or paused; blocks. Of what is not held nothing is remembered: a claim asks PostgreSQL
     * by itself.
     */
    void check() {
        Set<String> held = dispatch.heldBatches();
        dispatch.stopBatches(dispatch.stoppedAmong(held));
        dispatch.pauseOnly(dispatch.pausedAmong(held));
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
