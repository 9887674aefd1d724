package dev.longhaul.dispatcher.dispatch;

/**
 * How many calls one lane may have in flight at one backend: additive increase while it answers well, multiplicative decrease at
 * most once a round trip when it says it is overloaded. Belongs to the lane's thread.
 */
final class ConcurrencyLimit {
    private static final double DECREASE = 0.7;

    private int ceiling;
    private double limit;
    private long decreasedAtNanos;
    private boolean decreased;

    ConcurrencyLimit(int ceiling) {
        this.ceiling = ceiling;
        this.limit = ceiling;
    }

    /** The limit now; 0 only if the ceiling is 0. */
    int value() {
        return Math.min(ceiling, Math.max(1, (int) limit));
    }

    /** Takes over another share of the backend's ceiling; a limit at the old one follows it. */
    void setCeiling(int newCeiling) {
        if (newCeiling != ceiling) {
            limit = limit >= ceiling ? newCeiling : Math.min(limit, newCeiling);
            ceiling = newCeiling;
        }
    }

    /** The backend answered well: a full round of such answers raises the limit by one. */
    void succeeded() {
        if (limit < ceiling) {
            limit = Math.min(ceiling, limit + 1 / Math.max(1, limit));
        }
    }

    /**
     * The backend is overloaded.
     *
     * @param startedNanos when the call began: what began before the last decrease was caused by the old limit
     */
    void overloaded(long startedNanos, long nowNanos) {
        if (!decreased || startedNanos - decreasedAtNanos >= 0) {
            decreased = true;
            limit = Math.max(1, limit * DECREASE);
            decreasedAtNanos = nowNanos;
        }
    }
}
