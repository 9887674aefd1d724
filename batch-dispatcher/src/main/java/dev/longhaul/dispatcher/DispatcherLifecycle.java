package dev.longhaul.dispatcher;

import dev.longhaul.dispatcher.backend.Troubles;
import dev.longhaul.dispatcher.capacity.CapacityReporter;
import dev.longhaul.dispatcher.dispatch.Appetite;
import dev.longhaul.dispatcher.dispatch.Dispatch;
import dev.longhaul.dispatcher.dispatch.SliceIntake;
import dev.longhaul.dispatcher.dispatch.SliceReports;
import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.dispatcher.plan.PlanService;
import dev.longhaul.dispatcher.schedule.Scheduler;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.json.JsonObject;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;

/** Starts the parts in order once PostgreSQL is there, renews the lease while they run, and drains them at the end. */
@ApplicationScoped
class DispatcherLifecycle {
    private static final Logger LOG = Logger.getLogger(DispatcherLifecycle.class);
    private static final Duration RENEW = Duration.ofSeconds(1);
    private static final Duration SWEEP = Duration.ofMillis(100);
    private static final Duration CHECK = Duration.ofSeconds(1);
    private static final Duration RECONCILE = Duration.ofSeconds(10);
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long DRAIN_LOOK_MILLIS = 100;

    private final ProcessLease lease;
    private final CapacityReporter capacity;
    private final Appetite appetite;
    private final Troubles troubles;
    private final Dispatch dispatch;
    private final SliceIntake intake;
    private final SliceReports reports;
    private final PlanService plans;
    private final Scheduler scheduler;
    private final StopWatch stops;
    private final List<Beat> beats = new CopyOnWriteArrayList<>();
    private volatile boolean started;
    private volatile boolean draining;
    private volatile String known = "";

    DispatcherLifecycle(
            ProcessLease lease,
            CapacityReporter capacity,
            Appetite appetite,
            Troubles troubles,
            Dispatch dispatch,
            SliceIntake intake,
            SliceReports reports,
            PlanService plans,
            Scheduler scheduler,
            StopWatch stops) {
        this.lease = lease;
        this.capacity = capacity;
        this.appetite = appetite;
        this.troubles = troubles;
        this.dispatch = dispatch;
        this.intake = intake;
        this.reports = reports;
        this.plans = plans;
        this.scheduler = scheduler;
        this.stops = stops;
    }

    void start(@Observes StartupEvent event) {
        Beat renewal = Beat.every(RENEW, "lease", this::renew);
        lease.onSessionLoss(renewal::now);
        beats.add(renewal);
    }

    /** Whether this process takes part. */
    boolean isReady() {
        return started && lease.covers(lease.identity().id());
    }

    private void renew() {
        CapacityReporter.Use use = use();
        lease.renew(new ProcessLease.Notes(JsonObject.mapFrom(use.wanted()), troubles.now(), capacity.forRow(use)));
        capacity.report(use);
        if (!started) {
            startParts();
        }
    }

    private void startParts() {
        known = lease.identity().id();
        dispatch.start();
        reports.whenFreed(() -> {
            appetite.measure();
            intake.wake();
        });
        intake.start();
        plans.start(scheduler::wake);
        scheduler.start();
        beats.add(Beat.every(SWEEP, "queues", this::sweep));
        Beat identity = Beat.every(CHECK, "identity", this::dropLost);
        lease.onNewIdentity(identity::now);
        beats.add(identity);
        beats.add(Beat.every(CHECK, "stops", stops::check));
        beats.add(Beat.every(CHECK, "results-tail", appetite::lookAtCheckpoints));
        beats.add(Beat.every(
                RECONCILE,
                "claims",
                () -> reports.handBackUnknown(lease.identity().id())));
        started = true;
    }

    private void sweep() {
        capacity.report(use());
        dispatch.sweep();
    }

    private CapacityReporter.Use use() {
        return started ? dispatch.use(draining, draining ? Map.of() : appetite.measure()) : CapacityReporter.Use.NONE;
    }

    private void dropLost() {
        String id = lease.identity().id();
        if (!known.equals(id)) {
            dispatch.dropForeign();
            known = id;
        }
    }

    /** Starts no further line, finishes those in flight, hands the rest back, and leaves. */
    void stop(@Observes @Priority(1) ShutdownEvent event) {
        draining = true;
        if (started) {
            drain();
        }
        beats.forEach(Beat::close);
        lease.leave();
    }

    private void drain() {
        plans.stop();
        scheduler.stop();
        intake.stop();
        dispatch.stopAll();
        long deadline = System.nanoTime() + DRAIN_NANOS;
        while (!reports.isIdle() && System.nanoTime() < deadline) {
            LOG.debugf("draining, %d slices left", reports.heldSlices());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(DRAIN_LOOK_MILLIS));
        }
        dispatch.close();
    }
}
