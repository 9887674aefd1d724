package dev.longhaul.dispatcher.dispatch;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/** The slices' lines that wait for one backend; lanes on several threads take them. */
final class RunQueue {
    private final ConcurrentLinkedDeque<LineGroup> groups = new ConcurrentLinkedDeque<>();
    private final CallTime callTime = new CallTime();

    void offer(LineGroup group) {
        groups.addLast(group);
    }

    /** A line of a slice, taken for its only execution in this claim. */
    record Taken(SliceRun run, int line) {}

    /** The next line, of the slice that came first; null when there is none. */
    @Nullable
    Taken take() {
        for (LineGroup group = groups.peekFirst(); group != null; group = groups.peekFirst()) {
            int line = group.take();
            if (line >= 0) {
                return new Taken(group.run(), line);
            }
            groups.remove(group);
        }
        return null;
    }

    /** How many lines wait. */
    int waiting() {
        return groups.stream().mapToInt(LineGroup::untaken).sum();
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
}
