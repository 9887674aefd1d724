package dev.longhaul.cli.local;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Asking again and again until something holds or the time is up. */
final class Waiting {
    private static final long PAUSE_MILLIS = 25;

    private Waiting() {}

    /** Answers whether the condition held in time; asks at least once. */
    static boolean until(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LocalException("interrupted", e);
            }
        }
        return true;
    }
}
