package dev.longhaul.dispatcher;

import dev.longhaul.dispatcher.backend.Troubles;
import dev.longhaul.dispatcher.dispatch.Appetite;
import dev.longhaul.dispatcher.dispatch.Dispatch;
import dev.longhaul.dispatcher.dispatch.SliceIntake;
import dev.longhaul.dispatcher.dispatch.SliceReports;
import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.dispatcher.plan.PlanService;
import dev.longhaul.dispatcher.schedule.Scheduler;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Starts the parts in order once PostgreSQL is there, renews the lease while they run, and drains them at the end. */
@ApplicationScoped
class DispatcherLifecycle {
    private static final Logger LOG = Logger.getLogger(DispatcherLifecycle.class);
    private static final long RENEW_MILLIS = 100;
    private static final long RECONCILE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final ProcessLease lease;
    private final Appetite appetite;
    private final Troubles troubles;
    private final Dispatch dispatch;
    private final SliceIntake intake;
    private final SliceReports reports;
    private final PlanService plans;
    private final Scheduler scheduler;
    private final StopWatch stops;
    private volatile boolean running = true;
    private volatile boolean started;
    private volatile boolean draining;
    private long reconciledNanos = System.nanoTime();

    DispatcherLifecycle(
            ProcessLease lease,
            Appetite appetite,
            Troubles troubles,
            Dispatch dispatch,
            SliceIntake intake,
            SliceReports reports,
            PlanService plans,
            Scheduler scheduler,
            StopWatch stops) {
        this.lease = lease;
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
        Thread.ofPlatform().daemon().name("lease").start(this::keepLease);
    }

    /** Whether this process takes part. */
    boolean isReady() {
        return started && lease.covers(lease.identity().id());
    }

    private void keepLease() {
        String warned = "";
        String known = "";
        while (running) {
            try {
                lease.renew(started && !draining ? appetite.measure() : appetite.nothing(), troubles.now());
                if (!started) {
                    startParts();
                } else if (!known.equals(lease.identity().id())) {
                    dispatch.dropForeign();
                }
                known = lease.identity().id();
                dispatch.share();
                dispatch.sweep();
                stops.check();
                appetite.lookAtCheckpoints();
                handBackUnknown();
                warned = "";
                TimeUnit.MILLISECONDS.sleep(RENEW_MILLIS);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                String message = String.valueOf(e.getMessage());
                if (!message.equals(warned)) {
                    LOG.warnf("LH-D002 the lease cannot be renewed: %s", message);
                    warned = message;
                }
                pause();
            }
        }
    }

    private void handBackUnknown() {
        if (System.nanoTime() - reconciledNanos > RECONCILE_NANOS) {
            reconciledNanos = System.nanoTime();
            reports.handBackUnknown(lease.identity().id());
        }
    }

    private void startParts() {
        dispatch.start();
        reports.whenFreed(() -> {
            appetite.measure();
            intake.wake();
        });
        intake.start();
        plans.start(scheduler::wake);
        scheduler.start();
        started = true;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts no further line, finishes those in flight, hands the rest back, and leaves. */
    void stop(@Observes @Priority(1) ShutdownEvent event) {
        if (!started) {
            running = false;
            return;
        }
        draining = true;
        plans.stop();
        scheduler.stop();
        intake.stop();
        dispatch.stopAll();
        long deadline = System.nanoTime() + DRAIN_NANOS;
        while (!reports.isIdle() && System.nanoTime() < deadline) {
            LOG.debugf("draining, %d slices left", reports.heldSlices());
            pause();
        }
        running = false;
        dispatch.close();
        lease.leave();
    }
}
