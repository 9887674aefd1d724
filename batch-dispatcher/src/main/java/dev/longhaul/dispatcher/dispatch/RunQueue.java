package dev.longhaul.dispatcher.dispatch;

import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The slices that wait for one backend; lanes on several threads take lines from it. */
final class RunQueue {
    private final ConcurrentLinkedDeque<SliceRun> runs = new ConcurrentLinkedDeque<>();
    private final AtomicLong started = new AtomicLong();

    void offer(SliceRun run) {
        runs.addLast(run);
    }

    /** A line of a slice, taken for its only execution in this claim. */
    record Taken(SliceRun run, int line) {}

    /** The next line, of the slice that came first; null when there is none. */
    @Nullable
    Taken take() {
        for (SliceRun run = runs.peekFirst(); run != null; run = runs.peekFirst()) {
            int line = run.take();
            if (line >= 0) {
                started.incrementAndGet();
                return new Taken(run, line);
            }
            runs.remove(run);
        }
        return null;
    }

    /** How many lines wait. */
    int waiting() {
        return runs.stream().mapToInt(SliceRun::untaken).sum();
    }

    /** How many lines were ever taken. */
    long started() {
        return started.get();
    }

    Collection<SliceRun> runs() {
        return runs;
    }
}
