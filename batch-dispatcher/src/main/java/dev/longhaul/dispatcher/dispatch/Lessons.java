package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.backend.ModelGate;
import dev.longhaul.dispatcher.backend.ModelGate.Refusing;
import dev.longhaul.dispatcher.backend.ModelGate.Standing;
import dev.longhaul.dispatcher.backend.Refusal;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the answers to lines teach about their model and backend. Belongs to the lane's event loop. */
final class Lessons {
    /** A call is being served when it has been under way so much longer than one that was refused. */
    private static final long SERVED_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Lane lane;
    private final Backend backend;
    private final ConcurrencyLimit limit;

    Lessons(Lane lane, Backend backend, ConcurrencyLimit limit) {
        this.lane = lane;
        this.backend = backend;
        this.limit = limit;
    }

    /**
     * Learns from an answer.
     *
     * @param oldest the call that has been in flight longest; null when none is
     * @return what a refusal means for the line; null when it is none
     */
    @Nullable
    Standing learn(LineCall call, Answer answer, @Nullable LineCall oldest) {
        boolean probe = call.probe;
        call.probe = false;
        Refusal refusal = answer.refusal();
        if (refusal == null) {
            answered(call, answer, probe);
            return null;
        }
        if (refusal == Refusal.UNREACHABLE) {
            backend.suspect();
        }
        long nowNanos = System.nanoTime();
        boolean othersAreServed =
                oldest != null && nowNanos - oldest.startedNanos > 2 * call.takenNanos(nowNanos) + SERVED_NANOS;
        if (refusal.isOverload()) {
            limit.overloaded(call.startedNanos, nowNanos, othersAreServed);
        }
        long waitMillis = answer instanceof Answer.Whole whole ? whole.retryAfterMillis() : 0;
        Standing standing = gate(call)
                .refused(
                        new Refusing(
                                refusal,
                                call.key(),
                                probe,
                                othersAreServed,
                                call.attempt - 1,
                                call.refusedNanos,
                                waitMillis),
                        backend.config().attempts(),
                        nowNanos);
        call.refusedNanos = nowNanos;
        return standing;
    }

    private void answered(LineCall call, Answer answer, boolean probe) {
        ModelGate gate = gate(call);
        long nowNanos = System.nanoTime();
        // A request that is refused for what it asks shows a model at work as well, but is no proof of it.
        boolean works = answer instanceof Answer.Whole whole && (whole.isSuccess() ? whole.json() : probe);
        if (works) {
            if (gate.succeeded(nowNanos)) {
                lane.reopened(Objects.requireNonNullElse(call.model(), ""));
            }
        } else if (probe && answer instanceof Answer.HeldUp) {
            gate.unprobed();
        } else if (probe) {
            gate.refused(
                    new Refusing(Refusal.FAILING, call.key(), true, false, 0, null, 0),
                    backend.config().attempts(),
                    nowNanos);
        }
    }

    /** The call is not made, or nobody hears of its answer. */
    void unprobed(LineCall call) {
        if (call.probe) {
            call.probe = false;
            gate(call).unprobed();
        }
    }

    private ModelGate gate(LineCall call) {
        return backend.gate(call.model());
    }
}
