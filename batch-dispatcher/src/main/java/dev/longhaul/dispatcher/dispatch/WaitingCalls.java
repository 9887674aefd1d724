package dev.longhaul.dispatcher.dispatch;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one backend that wait on one lane: for their next attempt, or for a backend that is down. What would wait long goes
 * back with its slice. Belongs to the lane's event loop.
 */
final class WaitingCalls {
    /** A line due later than this goes back with its slice instead of being kept in memory. */
    static final long PARK_MILLIS = 10_000;
    /** So long may a backend be down before the lines that wait for it go back. */
    private static final long DOWN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Lane lane;
    private final Queue<LineCall> later =
            new PriorityQueue<>(Comparator.comparingLong((LineCall call) -> call.dueNanos));
    private final Queue<LineCall> whenBack = new ArrayDeque<>();
    private long upNanos = System.nanoTime();

    WaitingCalls(Lane lane) {
        this.lane = lane;
    }

    /** The next call that is due; null when there is none. */
    @Nullable
    LineCall poll() {
        LineCall waiting = whenBack.poll();
        if (waiting != null) {
            return waiting;
        }
        LineCall first = later.peek();
        return first != null && first.dueNanos <= System.nanoTime() ? later.poll() : null;
    }

    void postpone(LineCall call, long delayMillis) {
        if (delayMillis > PARK_MILLIS) {
            lane.giveBack(call, delayMillis);
        } else {
            call.dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
            later.add(call);
        }
    }

    void postponeUntilBack(LineCall call) {
        call.dueNanos = System.nanoTime();
        whenBack.add(call);
    }

    int size() {
        return later.size() + whenBack.size();
    }

    /** Takes over a call that waited for another backend, due when it was there. */
    void takeOver(LineCall call) {
        later.add(call);
    }

    /** Notes that the backend is up. */
    void seenUp(long nowNanos) {
        upNanos = nowNanos;
    }

    /** Nothing waits for a backend that is down when another one serves its model; nor for long when none does. */
    void seenDown(long nowNanos) {
        moveAway(whenBack, nowNanos);
        moveAway(later, nowNanos);
    }

    private void moveAway(Collection<LineCall> waiting, long nowNanos) {
        // A copy, since the backend may be up again at any moment, and then it is this one that takes over.
        List<LineCall> calls = List.copyOf(waiting);
        waiting.clear();
        for (LineCall call : calls) {
            BackendLane other = lane.another(call);
            if (other != null) {
                other.takeOver(call);
            } else if (nowNanos - upNanos > DOWN_NANOS) {
                lane.giveBack(call, call.run.claim().model() == null ? PARK_MILLIS : 0);
            } else {
                waiting.add(call);
            }
        }
    }

    /** Gives back what of a run waits here. */
    void giveBack(SliceRun run) {
        giveBack(later, run);
        giveBack(whenBack, run);
    }

    private void giveBack(Collection<LineCall> waiting, SliceRun run) {
        waiting.removeIf(call -> {
            if (call.run == run) {
                lane.giveBack(call, 0);
            }
            return call.run == run;
        });
    }
}
