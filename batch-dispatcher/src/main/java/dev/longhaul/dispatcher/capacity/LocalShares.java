package dev.longhaul.dispatcher.capacity;

import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The slots of each backend that this process was lent. They are void two seconds after the last renewal of its lease, and remain so
 * until it is lent new ones, since the leader lends them to others by then. Any thread.
 */
@Singleton // asked for every line: without a proxy
public class LocalShares {
    static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final LongSupplier nanoTime;
    private volatile Grant current = Grant.NONE;
    private volatile Grant applied = Grant.NONE;
    private volatile long validUntilNanos;
    private volatile Runnable onChange = () -> {};

    LocalShares() {
        this(System::nanoTime);
    }

    LocalShares(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.validUntilNanos = nanoTime.getAsLong();
    }

    /** What is lent of a backend; 0 when nothing is. */
    public int of(String backend) {
        return current.shares().getOrDefault(backend, 0);
    }

    /**
     * What is lent of a backend or will be soon: where there is a slot for each dispatcher, one that has lines gets a slot as soon as
     * another's call has ended.
     *
     * @param ceiling all slots of the backend
     */
    public int expected(String backend, int ceiling) {
        Grant now = current;
        int lent = now.shares().getOrDefault(backend, 0);
        return lent == 0 && now.among() > 0 && now.among() <= ceiling ? 1 : lent;
    }

    /** Whether lines may be started; cheap enough to ask for each. */
    public boolean areValid() {
        return nanoTime.getAsLong() - validUntilNanos < 0;
    }

    /** What to do when shares have changed: take them over and then call what {@link #applying} returns. Must not block. */
    public void onChange(Runnable action) {
        onChange = action;
    }

    /** Says that the shares of this moment are taken over, once they are. */
    public Runnable applying() {
        Grant now = current;
        return () -> confirm(now);
    }

    private synchronized void confirm(Grant grant) {
        if (grant.number() >= applied.number()) {
            applied = grant;
        }
    }

    /** The lease was renewed by a statement sent at that time, which brought the last grant that was written for this process. */
    synchronized void renewed(long sentNanos, Grant written) {
        boolean lapsed = !areValid();
        if (lapsed) {
            take(new Grant(Math.max(current.number(), written.number()), current.among(), false, Map.of()));
        }
        validUntilNanos = sentNanos + VALID_NANOS;
        if (!lapsed) {
            granted(written);
        }
    }

    /** The leader grants something; one that comes too late counts as a grant of nothing. */
    synchronized void granted(Grant grant) {
        if (grant.number() > current.number()) {
            take(areValid() ? grant.appliedTo(current.shares()) : grant.withNothing());
        }
    }

    private void take(Grant grant) {
        if (!grant.equals(current)) {
            current = grant;
            onChange.run();
        }
    }

    /** The number of the last grant that is taken over. */
    long grant() {
        return applied.number();
    }

    /** Slots that may be used: those lent, and those that are still to be given up. */
    synchronized Map<String, Integer> lent() {
        if (!areValid()) {
            return Map.of();
        }
        Map<String, Integer> slots = new HashMap<>(current.shares());
        applied.shares().forEach((backend, share) -> slots.merge(backend, share, Math::max));
        return slots;
    }
}
