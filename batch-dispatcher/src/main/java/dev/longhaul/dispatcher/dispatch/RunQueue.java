package dev.longhaul.dispatcher.dispatch;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The slices' lines that wait for one backend; lanes on several threads take them. */
final class RunQueue {
    /** Lanes look every few ms whether they are free; one that has just filled its slots says so by saying nothing. */
    private static final long FREE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final ConcurrentLinkedDeque<LineGroup> groups = new ConcurrentLinkedDeque<>();
    private final CallTime callTime = new CallTime();
    /** When a line was last taken, or began to wait where none did. */
    private volatile long movedNanos = System.nanoTime();

    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger postponed = new AtomicInteger();
    private volatile long freeNanos = System.nanoTime() - FREE_NANOS;
    private final Predicate<@Nullable String> isOpen;

    /** @param isOpen whether lines of a model can start */
    RunQueue(Predicate<@Nullable String> isOpen) {
        this.isOpen = isOpen;
    }

    void offer(LineGroup group) {
        if (groups.isEmpty()) {
            movedNanos = System.nanoTime();
        }
        groups.addLast(group);
    }

    /** A line of a slice, taken for its only execution in this claim. */
    record Taken(SliceRun run, int line) {}

    /** The next line whose model can be called, of the slice that came first; null when there is none. */
    @Nullable
    Taken take() {
        for (LineGroup group : groups) {
            if (isOpen.test(group.model())) {
                Taken taken = take(group);
                if (taken != null) {
                    return taken;
                }
            }
        }
        return null;
    }

    /** The next line of one of the groups; null when it has none left. */
    @Nullable
    Taken take(LineGroup group) {
        int line = group.take();
        if (line < 0) {
            groups.remove(group);
            return null;
        }
        movedNanos = System.nanoTime();
        return new Taken(group.run(), line);
    }

    /** How many lines wait whose model can be called. */
    int waiting() {
        return groups.stream()
                .filter(group -> isOpen.test(group.model()))
                .mapToInt(LineGroup::untaken)
                .sum();
    }

    /** A lane has so many more calls in flight, and so many more lines that wait for their next attempt, than it said last. */
    void changed(int moreCalls, int morePostponed) {
        calls.addAndGet(moreCalls);
        postponed.addAndGet(morePostponed);
    }

    /** Calls in flight, as of the lanes' last look. */
    int calls() {
        return calls.get();
    }

    /** Lines that wait for their next attempt, as of the lanes' last look. */
    int postponed() {
        return postponed.get();
    }

    /** How long the backend's calls take. */
    CallTime callTime() {
        return callTime;
    }

    /** What waits now. */
    List<LineGroup> groups() {
        return List.copyOf(groups);
    }

    /** Takes a group out, to wait elsewhere; false when it is no longer here. */
    boolean remove(LineGroup group) {
        return groups.remove(group);
    }

    /** Whether lines wait and none was taken for so long. */
    boolean isStuck(long nowNanos, long nanos) {
        return nowNanos - movedNanos > nanos && waiting() > 0;
    }

    /** A lane had a slot free and no line for it. */
    void seenFree(long nowNanos) {
        freeNanos = nowNanos;
    }

    /** Whether a lane had so just now, and there is still no line for it. */
    boolean isFree(long nowNanos) {
        return nowNanos - freeNanos < FREE_NANOS && waiting() == 0;
    }
}
