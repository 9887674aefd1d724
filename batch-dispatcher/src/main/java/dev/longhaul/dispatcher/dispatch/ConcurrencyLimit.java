package dev.longhaul.dispatcher.dispatch;

/**
 * How many calls one lane may have in flight at one backend: it grows by a tenth a round trip while the backend answers well, and falls
 * at most once a round trip when it says it is overloaded. It stays what it has become from batch to batch. Belongs to the lane's thread.
 */
final class ConcurrencyLimit {
    private static final double DECREASE = 0.7;
    private static final double INCREASE = 0.1;

    private int ceiling;
    private double limit;
    private long decreasedAtNanos;
    private boolean decreased;
    /** Whether anything succeeded since the last decrease. */
    private boolean served = true;

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

    /** The backend answered well: a full round of such answers raises the limit by a tenth. */
    void succeeded() {
        served = true;
        if (limit < ceiling) {
            limit = Math.min(ceiling, limit + INCREASE);
        }
    }

    /**
     * The backend is overloaded. Where nothing succeeds between, it is not our calls' number that it suffers from, and no fewer of them
     * would help.
     *
     * @param startedNanos when the call began: what began before the last decrease was caused by the old limit
     * @param othersAreServed whether calls in flight are being served meanwhile
     */
    void overloaded(long startedNanos, long nowNanos, boolean othersAreServed) {
        if ((served || othersAreServed) && (!decreased || startedNanos - decreasedAtNanos >= 0)) {
            decreased = true;
            served = false;
            limit = Math.max(1, limit * DECREASE);
            decreasedAtNanos = nowNanos;
        }
    }
}
