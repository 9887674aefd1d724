package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.DispatcherConfig;
import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.dispatcher.capacity.CapacityReporter;
import dev.longhaul.dispatcher.capacity.LocalShares;
import dev.longhaul.dispatcher.lease.ProcessLease;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** The lanes and the slices that wait for them. Any thread. */
@ApplicationScoped
public class Dispatch {
    private static final Logger LOG = Logger.getLogger(Dispatch.class);
    private static final long MIXED_DELAY_MILLIS = 5_000;

    private final Backends backends;
    private final ProcessLease lease;
    private final LocalShares shares;
    private final ChunkSender sender;
    private final SliceReports reports;
    private final ClaimStore claims;
    private final DispatcherConfig config;
    private final VertxInternal vertx;
    private final Map<Backend, RunQueue> queues = new LinkedHashMap<>();
    private final Set<String> stoppedBatches = ConcurrentHashMap.newKeySet();
    private final Set<String> pausedBatches = ConcurrentHashMap.newKeySet();
    private final QueueSweep sweep = new QueueSweep(queues, this::share, this::able);
    private final AnswerMemory answerMemory;
    private final List<Lane> lanes = new ArrayList<>();

    public Dispatch(
            Vertx vertx,
            Backends backends,
            ProcessLease lease,
            LocalShares shares,
            ChunkSender sender,
            SliceReports reports,
            ClaimStore claims,
            DispatcherConfig config) {
        this.vertx = (VertxInternal) vertx;
        this.backends = backends;
        this.lease = lease;
        this.shares = shares;
        this.sender = sender;
        this.reports = reports;
        this.claims = claims;
        this.config = config;
        this.answerMemory = new AnswerMemory(config.answerBytes(), sender::hasRoom);
    }

    /** Starts the lanes; once. */
    public void start() {
        backends.all().forEach(backend -> queues.put(backend, new RunQueue(backend::isOpenFor)));
        for (int i = 0; i < config.lanes(); i++) {
            lanes.add(
                    new Lane(vertx, vertx.createEventLoopContext(), i, sender, reports, answerMemory, claims::recall));
        }
        lanes.forEach(lane -> lane.execute(() -> lane.start(List.copyOf(lanes), queues, lease, shares)));
        LaneSlots slots = new LaneSlots(lanes, queues, shares);
        shares.onChange(slots::apply);
        slots.apply();
    }

    /** What this process may expect of a backend; may be 0. */
    int share(Backend backend) {
        return shares.expected(backend.name(), backend.config().maxInFlight());
    }

    /** What this process has for the backends, and the slots that it uses. */
    public CapacityReporter.Use use(boolean draining, Map<String, Integer> wanted) {
        Map<String, Integer> demand = new HashMap<>();
        Map<String, Integer> calls = new HashMap<>();
        boolean mayStart = !draining && sender.hasRoom();
        queues.forEach((backend, queue) -> {
            calls.put(backend.name(), queue.calls());
            demand.put(backend.name(), queue.calls() + (mayStart ? queue.waiting() + queue.postponed() : 0));
        });
        return new CapacityReporter.Use(draining, wanted, demand, calls);
    }

    int lanes() {
        return lanes.size();
    }

    /** Takes lines on: at the backend that serves them and has the least to do. */
    void offer(LineGroup group) {
        List<Backend> able = able(group);
        if (able.isEmpty()) {
            SliceClaim claim = group.run().claim();
            LOG.warnf(
                    "LH-D022 no backend serves model %s of %s at %s; its lines go back",
                    group.model(), claim.slice(), claim.endpoint());
            giveBack(group);
            return;
        }
        queueAt(
                able.stream()
                        .min(Comparator.comparing((Backend b) -> !b.isOpenFor(group.model()) || share(b) == 0)
                                .thenComparingDouble(b ->
                                        queue(b).waiting() / (double) b.config().maxInFlight()))
                        .orElseThrow(),
                group);
    }

    private List<Backend> able(LineGroup group) {
        return backends.serving(group.model(), group.run().claim().endpoint());
    }

    private void queueAt(Backend backend, LineGroup group) {
        queue(backend).offer(group);
        lanes.forEach(lane -> lane.execute(() -> lane.pump(backend.name())));
    }

    /** Sees that nothing waits where it cannot start. */
    public void sweep() {
        if (!shares.areValid()) {
            // Whether something can start here is known again in a moment.
            return;
        }
        sweep.sweep(System.nanoTime(), new QueueSweep.Moves() {
            @Override
            public void to(Backend backend, LineGroup group) {
                queueAt(backend, group);
            }

            @Override
            public void back(LineGroup group) {
                giveBack(group);
            }
        });
    }

    private void giveBack(LineGroup group) {
        SliceRun run = group.run();
        int rest = group.takeRest();
        // A slice of one model is released when that has a backend; one that mixes models would come back at once.
        long fromMillis = run.claim().model() == null ? System.currentTimeMillis() + MIXED_DELAY_MILLIS : 0;
        if (rest > 0 && run.giveBack(rest, fromMillis)) {
            reports.add(run);
        }
    }

    /** Ends a line that must not run: an error line, and no call. */
    void fail(LineGroup group, String code, String message) {
        int line = group.take();
        if (line >= 0) {
            SliceRun run = group.run();
            Lane lane = lanes.getFirst();
            lane.execute(() -> lane.fail(run, line, code, message));
        }
    }

    private RunQueue queue(Backend backend) {
        RunQueue queue = queues.get(backend);
        if (queue == null) {
            throw new IllegalArgumentException("no backend is called " + backend.name());
        }
        return queue;
    }

    AnswerMemory answerMemory() {
        return answerMemory;
    }

    /** Lines that wait at a backend. */
    int waiting(Backend backend) {
        return queue(backend).waiting();
    }

    /** Lines that a backend can start a second with this process's share of its slots; 0 while that is unknown. */
    double linesPerSecond(Backend backend) {
        return queue(backend).callTime().callsPerSecond(share(backend));
    }

    /** The batches that this process has slices of. */
    public Set<String> heldBatches() {
        return reports.batches();
    }

    /** Which of these batches PostgreSQL says are stopped; blocks. */
    public Set<String> stoppedAmong(Collection<String> batchIds) {
        return claims.stopped(batchIds);
    }

    /** Starts no further line of these batches; what is in flight has a short grace, the rest goes back at once. */
    public void stopBatches(Collection<String> batchIds) {
        Set<String> held = reports.batches();
        stoppedBatches.retainAll(held);
        batchIds.stream().filter(held::contains).forEach(stoppedBatches::add);
        reports.held().stream()
                .filter(run -> batchIds.contains(run.claim().slice().batchId()) && !run.isBrokenOff())
                .forEach(this::stop);
    }

    /** Which of these batches PostgreSQL says are paused; blocks. */
    public Set<String> pausedAmong(Collection<String> batchIds) {
        return claims.paused(batchIds);
    }

    /** Starts no further line of these batches, and of no others than these; calls under way end, however long they take. */
    public void pauseOnly(Collection<String> batchIds) {
        pausedBatches.retainAll(batchIds);
        batchIds.forEach(this::pause);
    }

    /** Starts no further line of the batch; calls under way end, however long they take. */
    public void pause(String batchId) {
        if (reports.batches().contains(batchId)) {
            pausedBatches.add(batchId);
        }
        reports.held().stream()
                .filter(run -> run.claim().slice().batchId().equals(batchId) && !run.isStopped())
                .forEach(this::pause);
    }

    /** The batch may go on; what was handed back for its pause is claimed anew. */
    public void resume(String batchId) {
        pausedBatches.remove(batchId);
    }

    /** Whether a batch that this process has slices of was stopped or paused. */
    boolean isStopped(String batchId) {
        return stoppedBatches.contains(batchId) || pausedBatches.contains(batchId);
    }

    /** Lets go of the slices that were claimed under an identity which this process has lost: they are anybody's now. Blocks. */
    public void dropForeign() {
        String holder = lease.identity().id();
        reports.held().stream()
                .filter(run -> !run.claim().holder().equals(holder) && !run.isBrokenOff())
                .forEach(this::stop);
        reports.excuseLost();
    }

    /** Hands everything back that was not started; returns at once. */
    public void stopAll() {
        reports.held().stream().filter(run -> !run.isBrokenOff()).forEach(this::stop);
    }

    /** Ends the lanes; what is still in flight is abandoned. */
    public void close() {
        lanes.forEach(lane -> lane.execute(lane::close));
    }

    private void pause(SliceRun run) {
        startNoFurther(run);
        lanes.forEach(lane -> lane.execute(() -> lane.pause(run)));
    }

    /** Starts no further line of a slice; what is in flight has a short grace, the rest goes back at once. */
    void stop(SliceRun run) {
        run.breakOff();
        startNoFurther(run);
        lanes.forEach(lane -> lane.execute(() -> lane.stop(run)));
    }

    private void startNoFurther(SliceRun run) {
        if (run.stop()) {
            reports.add(run);
        }
    }
}
