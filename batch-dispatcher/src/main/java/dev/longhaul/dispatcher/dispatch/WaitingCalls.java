package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.backend.Backend;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one backend that wait on one lane: for their next attempt, or until their model can be called. What would wait long
 * goes back with its slice. Belongs to the lane's event loop.
 */
final class WaitingCalls {
    /** A line due later than this goes back with its slice instead of being kept in memory. */
    static final long PARK_MILLIS = 10_000;
    /** What goes back because its model cannot be called comes again after so long at most, and at once when the model can. */
    static final long MOST_SHUT_MILLIS = 60_000;

    /** So long lines of a model that cannot be called are kept. */
    private static final long SHUT_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** So many are kept however long it takes, to probe with. */
    private static final int PROBES = 2;

    private final Lane lane;
    private final Backend backend;
    private final RandomGenerator random;
    private final Queue<LineCall> later =
            new PriorityQueue<>(Comparator.comparingLong((LineCall call) -> call.dueNanos));
    private final Queue<LineCall> now = new ArrayDeque<>();
    private final Map<String, Shut> shut = new HashMap<>();

    /** The calls of one model that cannot be made. */
    private record Shut(long sinceNanos, Deque<LineCall> calls) {}

    WaitingCalls(Lane lane, Backend backend, RandomGenerator random) {
        this.lane = lane;
        this.backend = backend;
        this.random = random;
    }

    /** The next call that is due and whose model can be called; null when there is none. */
    @Nullable
    LineCall poll(long nowNanos) {
        LineCall reopened = shut.isEmpty() ? null : reopened();
        if (reopened != null) {
            return reopened;
        }
        for (LineCall due = due(nowNanos); due != null; due = due(nowNanos)) {
            if (backend.isOpenFor(due.model())) {
                return due;
            }
            hold(due, nowNanos);
        }
        return null;
    }

    private @Nullable LineCall reopened() {
        for (Iterator<Map.Entry<String, Shut>> models = shut.entrySet().iterator(); models.hasNext(); ) {
            Map.Entry<String, Shut> model = models.next();
            if (backend.isOpenFor(model.getKey())) {
                LineCall call = model.getValue().calls().poll();
                if (call != null) {
                    return call;
                }
                models.remove();
            }
        }
        return null;
    }

    private @Nullable LineCall due(long nowNanos) {
        LineCall first = now.poll();
        if (first == null && !later.isEmpty() && later.element().dueNanos - nowNanos <= 0) {
            first = later.poll();
        }
        return first;
    }

    /** A call that may probe its model now; null when there is none. */
    @Nullable
    LineCall probe(long nowNanos) {
        for (Shut model : shut.values()) {
            LineCall first = model.calls().peek();
            if (first != null && backend.gate(first.model()).tryProbe(nowNanos, first.key())) {
                return model.calls().poll();
            }
        }
        return null;
    }

    /** Keeps a call until its model can be called. */
    void hold(LineCall call, long nowNanos) {
        String model = call.model();
        shut.computeIfAbsent(model == null ? "" : model, name -> new Shut(nowNanos, new ArrayDeque<>()))
                .calls()
                .add(call);
    }

    void postpone(LineCall call, long delayMillis) {
        if (delayMillis > PARK_MILLIS) {
            lane.giveBack(call, delayMillis);
        } else {
            call.dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
            later.add(call);
        }
    }

    /** Makes the call again as soon as it can be made. */
    void again(LineCall call) {
        now.add(call);
    }

    /** How many could take a slot before long: of a model that cannot be called one at a time, to probe it. */
    int size() {
        return later.size() + now.size() + shut.size();
    }

    /** Takes over a call that waited for another backend, due when it was there. */
    void takeOver(LineCall call) {
        later.add(call);
    }

    /** Nothing waits for a model here that another backend can be called for; and little of it for long when none can. */
    void moveAway(long nowNanos) {
        if (backend.isDown() || backend.gates().isAnyShut()) {
            move(now);
            move(later);
        }
        for (Shut model : shut.values()) {
            move(model.calls());
            boolean forLong = nowNanos - model.sinceNanos() > SHUT_NANOS;
            while (forLong && model.calls().size() > PROBES) {
                LineCall back = model.calls().remove();
                backend.gate(back.model()).handedBack();
                lane.giveBackShut(back, backAfterMillis());
            }
        }
    }

    /** When lines whose model cannot be called may come again; nothing is asked for at all while its backend is down. */
    long backAfterMillis() {
        return backend.isDown() ? 0 : MOST_SHUT_MILLIS / 2 + random.nextLong(MOST_SHUT_MILLIS / 2);
    }

    private void move(Collection<LineCall> waiting) {
        // A copy, since it may be open again at any moment, and then it is this one that takes over.
        List<LineCall> calls = List.copyOf(waiting);
        for (LineCall call : calls) {
            String model = call.model();
            if (!backend.isOpenFor(model)) {
                BackendLane other = lane.another(model, call.run.claim().endpoint());
                if (other != null && waiting.remove(call)) {
                    other.takeOver(call);
                }
            }
        }
    }

    /** Gives back what of a run waits here. */
    void giveBack(SliceRun run) {
        giveBack(later, run);
        giveBack(now, run);
        shut.values().forEach(model -> giveBack(model.calls(), run));
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
