package dev.longhaul.dispatcher.dispatch;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Lines of one slice that the same backends can serve: nearly always all of them, one group a model in a slice that mixes models.
 * Lanes on several threads take lines from it one by one; each line is taken once.
 */
final class LineGroup {
    /** Past the last line of any slice. */
    private static final int NO_LINE = 1 << 30;

    private final SliceRun run;
    private final @Nullable String model;
    private final int @Nullable [] members;
    private final int size;
    private final AtomicInteger next = new AtomicInteger();

    /** A group of all lines that are due. */
    LineGroup(SliceRun run, @Nullable String model, int size) {
        this.run = run;
        this.model = model;
        this.members = null;
        this.size = size;
    }

    /** A group of some of them. */
    LineGroup(SliceRun run, @Nullable String model, int[] members) {
        this.run = run;
        this.model = model;
        this.members = members;
        this.size = members.length;
    }

    SliceRun run() {
        return run;
    }

    /** The model as the tenant names it; empty when the lines name none, null when they cannot be read. */
    @Nullable
    String model() {
        return model;
    }

    /** Tells its lines from nearly all that were tried. */
    long key() {
        return Long.MIN_VALUE | 31L * run.claim().slice().hashCode() + next.get();
    }

    /** Takes the next line that nobody took; -1 when there is none. */
    int take() {
        int taken = next.get() >= size ? NO_LINE : next.getAndIncrement();
        if (taken >= size) {
            return -1;
        }
        return members == null ? taken : members[taken];
    }

    /** How many lines nobody took yet. */
    int untaken() {
        return Math.max(0, size - next.get());
    }

    /** Takes all that nobody took yet; how many these are. */
    int takeRest() {
        return Math.max(0, size - next.getAndSet(NO_LINE));
    }
}
