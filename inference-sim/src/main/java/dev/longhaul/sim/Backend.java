package dev.longhaul.sim;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** What all event loops of one simulated backend share. All threads. */
final class Backend {
    private final Models models;
    private final Counters counters = new Counters();
    private final LineCalls lines = new LineCalls();
    private volatile Faults faults;

    /** Ids go on where no earlier process has been, so that a log over a restart stays unambiguous. */
    private final AtomicLong ids = new AtomicLong(ThreadLocalRandom.current().nextLong() & 0x7fff_ffff_0000_0000L);

    Backend(Models models, Faults faults) {
        this.models = models;
        this.faults = faults;
    }

    Models models() {
        return models;
    }

    Counters counters() {
        return counters;
    }

    LineCalls lines() {
        return lines;
    }

    Faults faults() {
        return faults;
    }

    void faults(Faults faults) {
        this.faults = faults;
    }

    String nextId() {
        return Long.toHexString(ids.getAndIncrement());
    }
}
