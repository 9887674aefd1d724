package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.capacity.LocalShares;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Gives each lane its part of what this process is lent of each backend. */
final class LaneSlots {
    private final List<Lane> lanes;
    private final Map<Backend, RunQueue> queues;
    private final LocalShares shares;

    LaneSlots(List<Lane> lanes, Map<Backend, RunQueue> queues, LocalShares shares) {
        this.lanes = lanes;
        this.queues = queues;
        this.shares = shares;
    }

    /** Has the lanes take over the shares of this moment, and says so when they have. Any thread, never blocks. */
    void apply() {
        Runnable applied = shares.applying();
        AtomicInteger open = new AtomicInteger(lanes.size());
        for (Lane lane : lanes) {
            Map<String, Integer> parts = new HashMap<>();
            for (Backend backend : queues.keySet()) {
                parts.put(backend.name(), part(shares.of(backend.name()), lanes.size(), lane.index()));
            }
            lane.execute(() -> {
                parts.forEach(lane::setCeiling);
                if (open.decrementAndGet() == 0) {
                    applied.run();
                }
                parts.keySet().forEach(lane::pump);
            });
        }
    }

    static int part(int whole, int parts, int rank) {
        return whole / parts + (rank < whole % parts ? 1 : 0);
    }
}
