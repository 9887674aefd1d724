package dev.longhaul.dispatcher.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls of one lane that are under way at one backend, in order of their start and so of their time-outs. */
final class InFlight {
    private final LinkedHashSet<LineCall> calls = new LinkedHashSet<>();

    void add(LineCall call) {
        calls.add(call);
    }

    void remove(LineCall call) {
        calls.remove(call);
    }

    int size() {
        return calls.size();
    }

    /** The one that has been under way longest; null when there is none. */
    @Nullable
    LineCall oldest() {
        return calls.isEmpty() ? null : calls.getFirst();
    }

    /** Those that have taken longer than they may. */
    List<LineCall> overdue(long nowNanos, long timeoutNanos) {
        List<LineCall> overdue = new ArrayList<>();
        for (LineCall call : calls) {
            if (nowNanos - call.startedNanos < timeoutNanos) {
                break;
            }
            if (call.takenNanos(nowNanos) >= timeoutNanos) {
                overdue.add(call);
            }
        }
        return overdue;
    }

    /** Those of a run. */
    List<LineCall> of(SliceRun run) {
        return calls.stream().filter(call -> call.run == run).toList();
    }
}
