package dev.longhaul.dispatcher.backend;

import dev.longhaul.dispatcher.backend.ModelState.Refused;
import dev.longhaul.dispatcher.backend.ModelState.Shut;
import dev.longhaul.dispatcher.backend.ModelState.Up;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Which calls of one model may start at one backend, as their answers teach. Any thread; times are {@link System#nanoTime}'s. */
public final class ModelGate {
    /** A success this close behind another one is not worth a note. */
    private static final long FINE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final double NEVER = 1e-6;
    /** What is shut more briefly was a burst, not a trouble. */
    private static final long TROUBLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final RandomGenerator random = RandomGenerator.getDefault();
    private final AtomicReference<ModelState> state;
    private final AtomicBoolean handedBack = new AtomicBoolean();
    private @Nullable Shut told;

    ModelGate(long nowNanos) {
        state = new AtomicReference<>(Up.since(nowNanos, 0));
    }

    /**
     * What a refusal means for its line.
     *
     * @param counts whether it is one of the line's own attempts: others succeeded since it was last refused
     * @param proof how many of those give the line up
     * @param alone whether it is one of few lines that have been refused since the last success
     * @param silentNanos for how long nothing has succeeded
     */
    public record Standing(boolean counts, int proof, boolean alone, long silentNanos) {}

    /** A call that was refused, as its lane knows it. */
    public record Refusing(
            Refusal refusal,
            long line,
            boolean probe,
            boolean othersAreServed,
            int counted,
            @Nullable Long lastRefusedNanos,
            long waitMillis) {}

    public boolean isOpen() {
        return state.get() instanceof Up;
    }

    /** Lines were handed back until it opens. */
    public void handedBack() {
        handedBack.set(true);
    }

    /** A call succeeded; returns whether that opened the gate and lines were handed back until then. */
    public boolean succeeded(long nowNanos) {
        if (state.get() instanceof Up up
                && up.inARow() == 0
                && up.known() == 0
                && up.share() < NEVER
                && nowNanos - up.quietNanos() < FINE_NANOS) {
            return false;
        }
        return state.getAndUpdate(before -> before.succeeded(nowNanos)) instanceof Shut && handedBack.getAndSet(false);
    }

    /** A call was refused. */
    public Standing refused(Refusing call, int attempts, long nowNanos) {
        ModelState before = state.get();
        Standing standing = switch (before) {
            case Up up -> standing(up, call, attempts, nowNanos);
            case Shut shut ->
                new Standing(
                        false,
                        Integer.MAX_VALUE,
                        shut.lines().with(call.line()).areFew(),
                        nowNanos - shut.sinceNanos());
        };
        boolean known = standing.counts()
                || (call.counted() > 0 && call.refusal().mayBeTheLines())
                || (call.othersAreServed() && call.refusal().isOverload());
        Refused refused = new Refused(
                call.refusal(),
                call.line(),
                known,
                call.probe(),
                TimeUnit.MILLISECONDS.toNanos(Math.max(0, call.waitMillis())));
        double spread = random.nextDouble();
        state.updateAndGet(now -> now.refused(refused, nowNanos, spread));
        return standing;
    }

    private static Standing standing(Up up, Refusing call, int attempts, long nowNanos) {
        Long last = call.lastRefusedNanos();
        boolean othersSucceeded = last != null && up.quietNanos() - last > 0;
        boolean knownAndHardlyAnyOther = call.counted() > 0 && up.lines().areFew();
        boolean presumed = last != null && up.lines().has(call.line()) && up.isRatherTheLines();
        return new Standing(
                call.refusal().mayBeTheLines() && (othersSucceeded || knownAndHardlyAnyOther || presumed),
                up.proof(attempts),
                up.lines().with(call.line()).areFew(),
                nowNanos - up.quietNanos());
    }

    /** Whether some line may probe now. */
    boolean isProbeDue(long nowNanos) {
        return state.get() instanceof Shut shut && shut.isProbeDue(nowNanos);
    }

    /** Whether a line may probe now. */
    public boolean wantsProbe(long nowNanos, long line) {
        return state.get() instanceof Shut shut && shut.mayProbe(nowNanos, line);
    }

    /** Lets one line probe; false when another one does. */
    public boolean tryProbe(long nowNanos, long line) {
        ModelState now = state.get();
        return now instanceof Shut shut && shut.mayProbe(nowNanos, line) && state.compareAndSet(now, shut.probed());
    }

    /** A probe ended without an answer of the backend's. */
    public void unprobed() {
        whileShut(Shut::unprobed);
    }

    /** Something says that the model may be served again. */
    void hint(long nowNanos) {
        whileShut(shut -> shut.hinted(nowNanos));
    }

    private void whileShut(UnaryOperator<Shut> change) {
        state.updateAndGet(now -> now instanceof Shut shut ? change.apply(shut) : now);
    }

    /** Whether further lines are of use here: it is open, or nobody of this process probes it. */
    boolean wantsLines(long nowNanos) {
        return !(state.get() instanceof Shut shut) || !shut.isWatched(nowNanos);
    }

    /** What is the matter; null when nothing is. */
    @Nullable
    Refusal trouble(long nowNanos) {
        return state.get() instanceof Shut shut && nowNanos - shut.sinceNanos() >= TROUBLE_NANOS
                ? shut.refusal()
                : null;
    }

    /** A change that is worth a line in the log. */
    sealed interface News {
        record ShutNow(Refusal refusal) implements News {}

        record OpenAgain(double seconds) implements News {}
    }

    /** What has changed since it was last asked; null when nothing has. */
    synchronized @Nullable News news(long nowNanos) {
        Shut before = told;
        if (state.get() instanceof Shut shut) {
            boolean same = before != null
                    && before.refusal().trouble().equals(shut.refusal().trouble());
            if (same || nowNanos - shut.sinceNanos() < TROUBLE_NANOS) {
                return null;
            }
            told = shut;
            return new News.ShutNow(shut.refusal());
        }
        told = null;
        return before == null
                ? null
                : new News.OpenAgain((nowNanos - before.sinceNanos()) / (double) TimeUnit.SECONDS.toNanos(1));
    }
}
