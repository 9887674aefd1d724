package dev.longhaul.finalizer.unserved;

import dev.longhaul.store.MissingObjectException;
import dev.longhaul.store.StoreException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a batch waits after a failure, and when it stops waiting for an object that S3 says it does not have. */
final class Patience {
    private static final Duration MIN_PAUSE = Duration.ofMillis(250);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(10);

    private final Duration missingFor;
    private Duration pause = MIN_PAUSE;
    private @Nullable Long missingSince;

    Patience(Duration missingFor) {
        this.missingFor = missingFor;
    }

    void succeeded() {
        pause = MIN_PAUSE;
    }

    /**
     * Returns how long to wait before the next attempt: longer each time, but not past the moment when a missing object is given up.
     *
     * @param now a monotonic clock's nanoseconds
     */
    Duration failed(StoreException problem, long now) {
        Duration next = pause;
        pause = pause.multipliedBy(2).compareTo(MAX_PAUSE) < 0 ? pause.multipliedBy(2) : MAX_PAUSE;
        if (!(problem instanceof MissingObjectException)) {
            // Kafka, PostgreSQL or S3 is away, which says nothing about the object.
            missingSince = null;
            return next;
        }
        long since = missingSince == null ? now : missingSince;
        missingSince = since;
        Duration left = missingFor.minusNanos(now - since);
        return left.isPositive() && left.compareTo(next) < 0 ? left : next;
    }

    /** Whether an object has been missing for so long that its lines are to be answered without it. */
    boolean isOver(long now) {
        return missingSince != null && now - missingSince >= missingFor.toNanos();
    }
}
