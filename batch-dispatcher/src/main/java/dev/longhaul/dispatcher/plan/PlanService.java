package dev.longhaul.dispatcher.plan;

import dev.longhaul.dispatcher.DispatcherConfig;
import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.dispatcher.backend.ModelMemory;
import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.Limits;
import dev.longhaul.store.LimitsConfig;
import dev.longhaul.store.StoreException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Plans batches as they come, several at once, each on a thread of its own in a slot of its {@link PlanLane}. An event only wakes it; what
 * is to plan stands in PostgreSQL, and is looked for anyway from time to time.
 */
@ApplicationScoped
public class PlanService {
    private static final Logger LOG = Logger.getLogger(PlanService.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final PlanClaims claims;
    private final PlanAttempts attempts;
    private final ModelMemory memory;
    private final ProcessLease lease;
    private final PlanSlots slots = new PlanSlots();
    private final PlanHints hints = new PlanHints();
    private final Semaphore wake = new Semaphore(1);
    private volatile boolean running = true;
    private volatile Consumer<String> onStarted = batchId -> {};
    private long lookNanos = System.nanoTime();
    private String warned = "";

    PlanService(
            PlanClaims claims,
            PlanStore store,
            FileSegments files,
            Backends backends,
            ModelMemory memory,
            ProcessLease lease,
            DispatcherConfig config,
            PlanConfig planConfig,
            LimitsConfig limits) {
        this.claims = claims;
        this.memory = memory;
        this.lease = lease;
        Limits most = Limits.of(limits);
        InputPlanner planner = new InputPlanner(new PlanLimits(
                most.lines(),
                most.lineBytes(),
                config.sliceLines(),
                config.sliceLength(),
                config.hashBytes(),
                most.embeddingInputs()));
        this.attempts = new PlanAttempts(
                new PlanJob.Means(claims, store, files, backends, memory, planner), planConfig.unreadableAfter());
    }

    /**
     * Starts planning.
     *
     * @param whenBatchStarted is given the id of each batch that is in progress by a plan of this process
     */
    public void start(Consumer<String> whenBatchStarted) {
        onStarted = whenBatchStarted;
        memory.start(this::modelsChanged);
        Thread.ofVirtual().name("plan").start(this::loop);
    }

    /** Looks for batches to plan now; any thread. */
    public void wake() {
        wake.release();
    }

    /** Hears of a new batch; any thread. */
    public void created(String batchId) {
        ProcessLease.Identity me = lease.identity();
        if (hints.isMine(batchId, me.rank(), me.dispatchers(), System.nanoTime())) {
            wake();
        }
    }

    /** Hears that a batch is planned, or need not be; any thread. */
    public void planned(String batchId) {
        hints.planned(batchId);
    }

    public void stop() {
        running = false;
        memory.stop();
        wake();
    }

    private void modelsChanged() {
        claims.release(PlanWait.MODELS);
        wake();
    }

    private void loop() {
        while (running) {
            try {
                boolean due = await();
                while (due && running) {
                    due = claim();
                }
                warned = "";
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                warn(e);
                lookNanos = System.nanoTime() + RETRY_NANOS;
            }
        }
    }

    /** Waits for a reason to look; false when there was none in the end. */
    private boolean await() throws InterruptedException {
        long now = System.nanoTime();
        boolean woken = wake.tryAcquire(hints.nanosToNext(Math.max(0, lookNanos - now), now), TimeUnit.NANOSECONDS);
        wake.drainPermits();
        now = System.nanoTime();
        if (now - lookNanos >= 0) {
            lookNanos = now + ThreadLocalRandom.current().nextLong(LOOK_NANOS, LOOK_NANOS * 3 / 2);
            claims.freeOfLostPlanners();
            return true;
        }
        return hints.takeOverdue(now) || woken;
    }

    /** Starts what there are slots for; true when more may be due. A lane that is full looks again as soon as it is not. */
    private boolean claim() {
        List<PlanClaims.Room> rooms = slots.room();
        if (rooms.isEmpty()) {
            return false;
        }
        List<PlanStore.Claimed> claimed = claims.claim(lease.identity().id(), rooms);
        boolean more = slots.take(rooms, claimed);
        for (PlanStore.Claimed plan : claimed) {
            Thread.ofVirtual().name("plan-" + plan.batchId()).start(() -> run(plan));
        }
        return more;
    }

    private void run(PlanStore.Claimed plan) {
        try {
            if (attempts.run(plan)) {
                onStarted.accept(plan.batchId());
            }
        } finally {
            if (slots.giveBack(plan.lane())) {
                wake();
            }
        }
    }

    private void warn(RuntimeException failure) {
        String message = String.valueOf(failure.getMessage());
        if (!message.equals(warned)) {
            LOG.warnf(
                    failure instanceof StoreException ? null : failure,
                    "LH-D042 cannot look for batches to plan: %s",
                    message);
            warned = message;
        }
    }
}
