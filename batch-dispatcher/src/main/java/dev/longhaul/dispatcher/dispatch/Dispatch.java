package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.DispatcherConfig;
import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.dispatcher.lease.ProcessLease;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** The lanes and the slices that wait for them. Any thread. */
@ApplicationScoped
public class Dispatch {
    private static final Logger LOG = Logger.getLogger(Dispatch.class);

    private final Backends backends;
    private final ProcessLease lease;
    private final ChunkSender sender;
    private final SliceReports reports;
    private final ClaimStore claims;
    private final DispatcherConfig config;
    private final VertxInternal vertx;
    private final Map<Backend, RunQueue> queues = new LinkedHashMap<>();
    private final List<Lane> lanes = new ArrayList<>();

    public Dispatch(
            Vertx vertx,
            Backends backends,
            ProcessLease lease,
            ChunkSender sender,
            SliceReports reports,
            ClaimStore claims,
            DispatcherConfig config) {
        this.vertx = (VertxInternal) vertx;
        this.backends = backends;
        this.lease = lease;
        this.sender = sender;
        this.reports = reports;
        this.claims = claims;
        this.config = config;
    }

    /** Starts the lanes; once. */
    public void start() {
        backends.all().forEach(backend -> queues.put(backend, new RunQueue()));
        for (int i = 0; i < config.lanes(); i++) {
            lanes.add(new Lane(vertx, vertx.createEventLoopContext(), i, sender, reports));
        }
        lanes.forEach(lane -> lane.execute(() -> lane.start(List.copyOf(lanes), queues, lease)));
        share();
    }

    /** Gives each lane its part of this process's part of each backend's ceiling. */
    public void share() {
        ProcessLease.Identity identity = lease.identity();
        for (Backend backend : queues.keySet()) {
            int mine = part(backend.config().maxInFlight(), identity.dispatchers(), identity.rank());
            for (Lane lane : lanes) {
                int part = part(mine, lanes.size(), lane.index());
                lane.execute(() -> {
                    lane.setCeiling(backend.name(), part);
                    lane.pump(backend.name());
                });
            }
        }
    }

    private static int part(int whole, int parts, int rank) {
        return whole / parts + (rank < whole % parts ? 1 : 0);
    }

    int lanes() {
        return lanes.size();
    }

    /** Takes a slice on: at the backend of its model that has the least to do. */
    void offer(SliceRun run) {
        if (run.hasNothingOpen()) {
            reports.add(run);
            return;
        }
        String model = run.claim().model();
        List<Backend> able = model == null ? backends.all() : backends.serving(model);
        if (able.isEmpty()) {
            LOG.warnf("LH-D022 no backend serves the model of %s; it goes back", run.claim().slice());
            stop(run);
            return;
        }
        Backend backend = able.stream()
                .min(Comparator.comparing(Backend::isDown)
                        .thenComparingDouble(b -> queue(b).waiting() / (double) b.config().maxInFlight()))
                .orElseThrow();
        queue(backend).offer(run);
        lanes.forEach(lane -> lane.execute(() -> lane.pump(backend.name())));
    }

    private RunQueue queue(Backend backend) {
        RunQueue queue = queues.get(backend);
        if (queue == null) {
            throw new IllegalArgumentException("no backend is called " + backend.name());
        }
        return queue;
    }

    /** Lines that wait at a backend. */
    int waiting(Backend backend) {
        return queue(backend).waiting();
    }

    /** Lines ever started at a backend. */
    long started(Backend backend) {
        return queue(backend).started();
    }

    /** The batches that this process has slices of. */
    public Set<String> heldBatches() {
        return reports.held().stream()
                .map(run -> run.claim().slice().batchId())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Which of these batches PostgreSQL says are stopped; blocks. */
    public Set<String> stoppedAmong(Collection<String> batchIds) {
        return claims.stopped(batchIds);
    }

    /** Starts no further line of these batches; what is in flight has a short grace, the rest goes back at once. */
    public void stopBatches(Collection<String> batchIds) {
        reports.held().stream()
                .filter(run -> batchIds.contains(run.claim().slice().batchId()) && !run.isStopped())
                .forEach(this::stop);
    }

    /** Stops the slices that were claimed under another identity than the present one: they are somebody else's now. */
    public void dropForeign() {
        String holder = lease.identity().id();
        reports.held().stream()
                .filter(run -> !run.claim().holder().equals(holder) && !run.isStopped())
                .forEach(this::stop);
    }

    /** Hands everything back that was not started; returns at once. */
    public void stopAll() {
        reports.held().stream().filter(run -> !run.isStopped()).forEach(this::stop);
    }

    private void stop(SliceRun run) {
        if (run.stop()) {
            reports.add(run);
        }
        lanes.forEach(lane -> lane.execute(() -> lane.stop(run)));
    }
}
