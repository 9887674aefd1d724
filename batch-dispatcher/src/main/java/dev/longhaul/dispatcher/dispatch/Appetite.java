package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.DispatcherConfig;
import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.backend.Backends;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;

/**
 * How many further lines this process would take on, by backend: what it can start in the next moments, less what waits already.
 * Kept short on purpose, so that a huge batch never blocks a small one.
 */
@ApplicationScoped
public class Appetite {
    private static final double RUNWAY_SECONDS = 0.25;

    private final Backends backends;
    private final Dispatch dispatch;
    private final SliceReports reports;
    private final ChunkSender sender;
    private final ResultsTail tail;
    private final DispatcherConfig config;
    private final Arrivals arrivals;
    private volatile Map<String, Integer> wanted = Map.of();

    Appetite(
            Backends backends,
            Dispatch dispatch,
            SliceReports reports,
            ChunkSender sender,
            ResultsTail tail,
            Arrivals arrivals,
            DispatcherConfig config) {
        this.backends = backends;
        this.dispatch = dispatch;
        this.reports = reports;
        this.sender = sender;
        this.tail = tail;
        this.arrivals = arrivals;
        this.config = config;
    }

    /** Sees how far the checkpoints are behind; blocks. */
    public void lookAtCheckpoints() {
        tail.check();
    }

    /** Lines by backend name, measured now; what is not wanted of a model is told by {@link Backend#lessOf} as a negative number. */
    public synchronized Map<String, Integer> measure() {
        Map<String, Integer> now = new HashMap<>();
        boolean full = !sender.hasRoom() || !tail.hasRoom() || !hasRoomForAPoll();
        Map<Backend, Integer> arriving = arrivals.lines(System.nanoTime());
        for (Backend backend : backends.all()) {
            int there = full || backend.isDown() ? 0 : wantedAt(backend) - arriving.getOrDefault(backend, 0);
            int lines = Math.max(0, there);
            now.put(backend.name(), lines);
            if (lines > 0) {
                backend.gates().unwantedModels().forEach(model -> now.put(backend.lessOf(model), -lines));
            }
        }
        wanted = Map.copyOf(now);
        return wanted;
    }

    /** A claimed slice that finds no memory would go back and wait: it is not asked for. */
    private boolean hasRoomForAPoll() {
        long held = reports.heldBytes();
        return held == 0 || held + (long) SliceIntake.HINTS_A_POLL * config.sliceLength() <= config.sliceBytes();
    }

    private int wantedAt(Backend backend) {
        int slots = dispatch.share(backend);
        if (slots == 0) {
            return 0;
        }
        int runway = (int) Math.max(2L * slots, dispatch.linesPerSecond(backend) * RUNWAY_SECONDS);
        return runway - dispatch.waiting(backend);
    }

    /** Whether there is room for any slice, as of the last measurement. */
    boolean isHungry() {
        return wanted.values().stream().anyMatch(lines -> lines > 0);
    }
}
