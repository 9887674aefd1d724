package dev.longhaul.dispatcher.plan;

import java.util.function.BooleanSupplier;

/** Counts what is read over all passes; a portion at a time it tells the caller, and asks whether to go on. */
final class Pace {
    private static final int PORTION_BYTES = 1 << 20;

    private final PlanProgress progress;
    private final BooleanSupplier cancelled;
    private long bytesToRead;
    private long bytesRead;
    private long nextReport = PORTION_BYTES;

    Pace(PlanProgress progress, BooleanSupplier cancelled) {
        this.progress = progress;
        this.cancelled = cancelled;
    }

    void beginPass(long bytes) {
        bytesToRead += bytes;
        report();
    }

    void read(int bytes) {
        bytesRead += bytes;
        if (bytesRead >= nextReport) {
            nextReport = bytesRead + PORTION_BYTES;
            report();
        }
    }

    void endPass() {
        report();
    }

    private void report() {
        if (cancelled.getAsBoolean()) {
            throw new PlanStopped();
        }
        progress.report(bytesRead, bytesToRead);
    }
}
