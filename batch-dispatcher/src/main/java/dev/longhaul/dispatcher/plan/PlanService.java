package dev.longhaul.dispatcher.plan;

import dev.longhaul.dispatcher.DispatcherConfig;
import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.Limits;
import dev.longhaul.store.LimitsConfig;
import dev.longhaul.store.StoreException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Plans batches as they come. Small files have a slot of their own, so that a large plan delays nobody's one-line batch. An event only
 * wakes it; what is to plan stands in PostgreSQL, and is looked for anyway from time to time.
 */
@ApplicationScoped
public class PlanService {
    private static final Logger LOG = Logger.getLogger(PlanService.class);
    private static final long SMALL_BYTES = 4 * 1024 * 1024;
    private static final int SMALL_AT_ONCE = 8;
    private static final long POLL_MILLIS = 1_000;
    private static final double MODELS_PATIENCE_SECONDS = 30;

    private final PlanStore store;
    private final FileSegments files;
    private final Backends backends;
    private final ProcessLease lease;
    private final InputPlanner planner;
    /** Batches whose waiting for models has been told. */
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    private final Semaphore wakeSmall = new Semaphore(1);
    private final Semaphore wakeLarge = new Semaphore(1);
    private volatile boolean running = true;
    private volatile Consumer<String> onStarted = batchId -> {};

    PlanService(
            PlanStore store,
            FileSegments files,
            Backends backends,
            ProcessLease lease,
            DispatcherConfig config,
            LimitsConfig limits) {
        this.store = store;
        this.files = files;
        this.backends = backends;
        this.lease = lease;
        Limits most = Limits.of(limits);
        this.planner = new InputPlanner(new PlanLimits(
                most.lines(),
                most.lineBytes(),
                config.sliceLines(),
                config.sliceLength(),
                config.hashBytes(),
                most.embeddingInputs()));
    }

    /**
     * Starts the slots.
     *
     * @param whenBatchStarted is given the id of each batch that is in progress by a plan of this process
     */
    public void start(Consumer<String> whenBatchStarted) {
        onStarted = whenBatchStarted;
        Thread.ofVirtual().name("plan-small").start(() -> loop(wakeSmall, 0, SMALL_BYTES, SMALL_AT_ONCE));
        Thread.ofPlatform().daemon().name("plan-large").start(() -> loop(wakeLarge, SMALL_BYTES, Long.MAX_VALUE, 1));
    }

    /** Looks for batches to plan now; any thread. */
    public void wake() {
        wakeSmall.release();
        wakeLarge.release();
    }

    public void stop() {
        running = false;
        wake();
    }

    private void loop(Semaphore wake, long least, long most, int atOnce) {
        while (running) {
            try {
                if (!planSome(least, most, atOnce)) {
                    if (wake.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                        wake.drainPermits();
                    }
                }
            } catch (StoreException e) {
                LOG.warnf("LH-D042 cannot look for batches to plan: %s", e.getMessage());
                pause();
            } catch (RuntimeException e) {
                // The loop must outlive it: the batch's lease runs out, and the others' plans go on.
                LOG.errorf(e, "LH-D045 planning failed");
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean planSome(long least, long most, int atOnce) {
        var claimed = store.claim(lease.identity().id(), least, most, atOnce);
        for (PlanStore.Claimed plan : claimed) {
            plan(plan);
        }
        return !claimed.isEmpty();
    }

    private void plan(PlanStore.Claimed plan) {
        PlanJob job = new PlanJob(store, files, backends, planner, MODELS_PATIENCE_SECONDS, plan);
        try {
            if (job.run()) {
                onStarted.accept(plan.batchId());
            }
            if (job.waitsForModels()) {
                tellOnce(plan);
                retryLater(plan);
            } else {
                waiting.remove(plan.batchId());
            }
        } catch (StoreException | IOException e) {
            // A store's failure is never the file's fault.
            LOG.warnf("LH-D043 planning %s failed, it will be tried again: %s", plan.batchId(), e.getMessage());
            retryLater(plan);
        }
    }

    private void tellOnce(PlanStore.Claimed plan) {
        if (waiting.add(plan.batchId())) {
            LOG.infof(
                    "LH-D044 batch %s names a model that nobody serves yet; its plan waits for the models of: %s",
                    plan.batchId(),
                    backends.unknown(plan.endpoint()).stream()
                            .map(Backend::name)
                            .collect(Collectors.joining(", ")));
        }
    }

    private void retryLater(PlanStore.Claimed plan) {
        try {
            store.abandon(plan);
        } catch (StoreException e) {
            LOG.debugf("the plan's lease of %s runs out by itself: %s", plan.batchId(), e.getMessage());
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
