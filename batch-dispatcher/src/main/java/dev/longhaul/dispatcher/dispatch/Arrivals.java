package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.model.SliceId;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Lines that were claimed and are on their way into a queue. They count where they may arrive, and for a second only: a slice whose
 * bytes are long in coming holds nobody up. Any thread.
 */
@ApplicationScoped
class Arrivals {
    private static final long COUNTS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Arrival(int lines, List<Backend> backends, long sinceNanos) {}

    private final Backends backends;
    private final Map<SliceId, Arrival> underway = new ConcurrentHashMap<>();

    Arrivals(Backends backends) {
        this.backends = backends;
    }

    /** A slice was claimed. */
    void expect(SliceClaim claim, long nowNanos) {
        underway.put(
                claim.slice(),
                new Arrival(claim.openLines(), backends.serving(claim.model(), claim.endpoint()), nowNanos));
    }

    /** A slice is in its queue, or goes back. */
    void settled(SliceId slice) {
        underway.remove(slice);
    }

    /** How many lines are expected, by backend. */
    Map<Backend, Integer> lines(long nowNanos) {
        Map<Backend, Integer> lines = new HashMap<>();
        for (Arrival arrival : underway.values()) {
            if (nowNanos - arrival.sinceNanos() < COUNTS_NANOS) {
                arrival.backends().forEach(backend -> lines.merge(backend, arrival.lines(), Integer::sum));
            }
        }
        return lines;
    }
}
