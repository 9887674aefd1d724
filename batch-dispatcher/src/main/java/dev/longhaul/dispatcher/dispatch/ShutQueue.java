package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.backend.ModelGate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The lines in a backend's queue whose models cannot be called there: they go elsewhere, one of them probes, and what has waited for a
 * second goes back with its slice, so that it holds no memory that other models could use. Belongs to the lane's event loop.
 */
final class ShutQueue {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Lane lane;
    private final Backend backend;
    private final RunQueue queue;
    private final WaitingCalls waiting;
    private final Map<String, Long> shutSince = new HashMap<>();

    ShutQueue(Lane lane, Backend backend, RunQueue queue, WaitingCalls waiting) {
        this.lane = lane;
        this.backend = backend;
        this.queue = queue;
        this.waiting = waiting;
    }

    /** A call that finds out whether its model can be called again, of a line that was not tried yet if there is any; null for none. */
    @Nullable
    LineCall probe(long nowNanos, LineOpening opening) {
        RunQueue.Taken fresh = fresh(nowNanos);
        LineCall call = fresh == null ? null : opening.open(fresh.run(), fresh.line());
        if (call != null && !backend.gate(call.model()).tryProbe(nowNanos, call.key())) {
            waiting.hold(call, nowNanos);
            call = null;
        }
        LineCall probe = call == null ? waiting.probe(nowNanos) : call;
        if (probe != null) {
            probe.probe = true;
        }
        return probe;
    }

    private RunQueue.@Nullable Taken fresh(long nowNanos) {
        for (LineGroup group : queue.groups()) {
            ModelGate gate = backend.gate(group.model());
            if (gate.wantsProbe(nowNanos, group.key())) {
                RunQueue.Taken taken = queue.take(group);
                if (taken != null) {
                    return taken;
                }
            }
        }
        return null;
    }

    void moveAway(long nowNanos) {
        if (!backend.gates().isAnyShut()) {
            shutSince.clear();
            return;
        }
        Set<String> kept = new HashSet<>();
        for (LineGroup group : queue.groups()) {
            if (!backend.gate(group.model()).isOpen()) {
                move(group, nowNanos, kept);
            }
        }
        shutSince.keySet().removeIf(model -> backend.gate(model).isOpen());
    }

    private void move(LineGroup group, long nowNanos, Set<String> kept) {
        String model = Objects.requireNonNullElse(group.model(), "");
        BackendLane other = lane.another(group.model(), group.run().claim().endpoint());
        if (other != null) {
            if (queue.remove(group)) {
                other.takeOver(group);
            }
            return;
        }
        boolean forLong = nowNanos - shutSince.computeIfAbsent(model, name -> nowNanos) > PATIENCE_NANOS;
        // One stays, to probe with.
        if (!kept.add(model) && forLong && queue.remove(group)) {
            backend.gate(group.model()).handedBack();
            lane.giveBackShut(group.run(), group.takeRest(), waiting.backAfterMillis());
        }
    }
}
