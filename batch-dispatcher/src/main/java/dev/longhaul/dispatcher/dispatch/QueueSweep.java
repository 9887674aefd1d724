package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.backend.Backend;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Sees that nothing waits where it cannot start. Belongs to the thread that renews the lease. */
final class QueueSweep {
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Map<Backend, RunQueue> queues;
    private final ToIntFunction<Backend> share;
    private final Function<LineGroup, List<Backend>> able;
    private final Map<Backend, Long> shutSince = new HashMap<>();

    /**
     * @param share this process's part of a backend's slots
     * @param able the backends that serve some lines
     */
    QueueSweep(Map<Backend, RunQueue> queues, ToIntFunction<Backend> share, Function<LineGroup, List<Backend>> able) {
        this.queues = queues;
        this.share = share;
        this.able = able;
    }

    /** Where lines go that were taken out of their queue. */
    interface Moves {
        void to(Backend backend, LineGroup group);

        /** To PostgreSQL, for whoever can start them. */
        void back(LineGroup group);
    }

    /**
     * Moves lines whose backend is down, or has no slot for this process, to another one that serves them, or back to PostgreSQL when
     * there has been none for a second. Of a backend that has started none of its lines for a second, because it hangs or is slow, those
     * lines that another one is free for go there: that one's queue is empty and it has slots, so nothing moves to and fro between two
     * that hang.
     */
    void sweep(long nowNanos, Moves moves) {
        queues.forEach((backend, queue) -> {
            if (isOpen(backend)) {
                shutSince.remove(backend);
                if (queue.isStuck(nowNanos, STUCK_NANOS)) {
                    queue.groups().forEach(group -> move(queue, group, freeFor(group, nowNanos), false, moves));
                }
                return;
            }
            boolean forLong = nowNanos - shutSince.computeIfAbsent(backend, b -> nowNanos) > STUCK_NANOS;
            queue.groups().forEach(group -> move(queue, group, openFor(group), forLong, moves));
        });
    }

    private static void move(RunQueue from, LineGroup group, @Nullable Backend to, boolean elseBack, Moves moves) {
        if ((to != null || elseBack) && from.remove(group)) {
            if (to == null) {
                moves.back(group);
            } else {
                moves.to(to, group);
            }
        }
    }

    private boolean isOpen(Backend backend) {
        return !backend.isDown() && share.applyAsInt(backend) > 0;
    }

    private @Nullable Backend openFor(LineGroup group) {
        return able.apply(group).stream().filter(this::isOpen).findFirst().orElse(null);
    }

    private @Nullable Backend freeFor(LineGroup group, long nowNanos) {
        return able.apply(group).stream()
                .filter(this::isOpen)
                .filter(backend -> queueOf(backend).isFree(nowNanos))
                .findFirst()
                .orElse(null);
    }

    private RunQueue queueOf(Backend backend) {
        RunQueue queue = queues.get(backend);
        if (queue == null) {
            throw new IllegalArgumentException("no backend is called " + backend.name());
        }
        return queue;
    }
}
