package dev.longhaul.api.relay;

import java.time.Duration;

/**
 * The id above which the relay looks for events. Rows that are deleted and not yet vacuumed would make each look as long as the
 * time since somebody's oldest snapshot. Ids are not committed in order, so the floor stays behind what was published by a few
 * seconds, and now and then a look starts from zero. Belongs to one thread.
 */
final class OutboxFloor {
    private static final long LAG = Duration.ofSeconds(3).toNanos();
    private static final long FULL_LOOK = Duration.ofSeconds(10).toNanos();

    private long floor;
    private long nextFloor;
    private long highest;
    private long movedNanos;
    private long fullLookNanos;
    private boolean fullLookDue = true;

    /** Events up to this id are in Kafka, as far as they were committed. */
    void published(long id) {
        highest = Math.max(highest, id);
    }

    /** Asks for a look from zero, because events that were read are not published. */
    void lookAtAll() {
        fullLookDue = true;
    }

    /** Where the next look starts; zero at first and every ten seconds. */
    long above(long nowNanos) {
        if (fullLookDue || nowNanos - fullLookNanos >= FULL_LOOK) {
            fullLookDue = false;
            fullLookNanos = nowNanos;
            return 0;
        }
        if (nowNanos - movedNanos >= LAG) {
            floor = nextFloor;
            nextFloor = highest;
            movedNanos = nowNanos;
        }
        return floor;
    }
}
