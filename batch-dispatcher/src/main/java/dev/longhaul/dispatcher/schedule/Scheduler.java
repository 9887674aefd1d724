package dev.longhaul.dispatcher.schedule;

import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.dispatcher.capacity.ClusterCapacity;
import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.model.BatchEndpoints;
import dev.longhaul.model.SliceHint;
import dev.longhaul.model.SliceId;
import dev.longhaul.store.Database;
import dev.longhaul.store.LeaderLease;
import dev.longhaul.store.StoreException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The leader's loop: while this process leads, it keeps the runway filled. Decide, persist, tell: a slice is released in PostgreSQL
 * before its hint goes out, under the leader's epoch, so that a leader who slept changes nothing.
 */
@ApplicationScoped
public class Scheduler {
    private static final Logger LOG = Logger.getLogger(Scheduler.class);
    private static final long TICK_MILLIS = 100;
    private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RECLAIM_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int SLICES_A_BATCH = 64;
    private static final int SLICES_A_LOOK = 4_096;

    private final Database database;
    private final ScheduleStore store;
    private final Backends backends;
    private final HintPublisher hints;
    private final ProcessLease lease;
    private final ClusterCapacity capacity;
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean running = true;
    private @Nullable LeaderLease office;
    private String officeHolder = "";
    private OptionalLong epoch = OptionalLong.empty();
    private long renewedNanos;
    private long reclaimedNanos;
    private @Nullable String lastTenant;

    Scheduler(
            Database database,
            ScheduleStore store,
            Backends backends,
            HintPublisher hints,
            ProcessLease lease,
            ClusterCapacity capacity) {
        this.database = database;
        this.store = store;
        this.backends = backends;
        this.hints = hints;
        this.lease = lease;
        this.capacity = capacity;
    }

    public void start() {
        capacity.onChange(this::wake);
        Thread.ofVirtual().name("scheduler").start(this::run);
    }

    /** Looks at once whether something can go; any thread. */
    public void wake() {
        wake.release();
    }

    /** Gives up the lead. */
    public void stop() {
        running = false;
        wake();
    }

    private void run() {
        while (running) {
            try {
                if (wake.tryAcquire(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
                tick();
            } catch (StoreException e) {
                LOG.debugf("LH-D050 cannot schedule just now: %s", e.getMessage());
                epoch = OptionalLong.empty();
            } catch (RuntimeException e) {
                // A loop that ended here would leave the cluster without a leader as long as this process lives.
                LOG.errorf(e, "LH-D054 scheduling failed, starting over");
                epoch = OptionalLong.empty();
            } catch (InterruptedException e) {
                return;
            }
        }
        resign();
    }

    private void resign() {
        capacity.stopLeading();
        LeaderLease held = office;
        if (held != null && epoch.isPresent()) {
            held.release();
        }
    }

    private void tick() {
        long now = System.nanoTime();
        LeaderLease held = office();
        if (now - renewedNanos > RENEW_NANOS || epoch.isEmpty()) {
            boolean led = epoch.isPresent();
            epoch = held.acquire();
            renewedNanos = now;
            if (epoch.isPresent()) {
                capacity.startLeading(epoch.getAsLong());
            } else {
                capacity.stopLeading();
            }
            if (!led && epoch.isPresent()) {
                LOG.infof("LH-D051 leading the schedule, epoch %d", epoch.getAsLong());
            }
        }
        if (epoch.isEmpty()) {
            return;
        }
        if (now - reclaimedNanos > RECLAIM_NANOS) {
            reclaimedNanos = now;
            reclaim(held, epoch.getAsLong());
        }
        release(held, epoch.getAsLong());
    }

    /** The office is held under the process's identity of the moment: a new identity applies anew. */
    private LeaderLease office() {
        String holder = lease.identity().id();
        LeaderLease held = office;
        if (held == null || !holder.equals(officeHolder)) {
            if (held != null) {
                held.release();
            }
            held = new LeaderLease(database, "scheduler", holder);
            office = held;
            officeHolder = holder;
            epoch = OptionalLong.empty();
        }
        return held;
    }

    private void reclaim(LeaderLease held, long underEpoch) {
        int reclaimed = database.inTransaction(
                transaction -> held.check(transaction, underEpoch) ? store.reclaim(transaction, officeHolder) : 0);
        if (reclaimed > 0) {
            LOG.infof("LH-D052 %d slices that nobody works on are pending again", reclaimed);
        }
    }

    private void release(LeaderLease held, long underEpoch) {
        Map<String, Integer> appetite = appetite();
        if (appetite.values().stream().noneMatch(lines -> lines > 0)) {
            return;
        }
        List<Demand> hungry = store.pendingModels().stream()
                .flatMap(model -> BatchEndpoints.ALL.stream().map(endpoint -> new Demand(model, endpoint)))
                .filter(demand -> serving(demand).stream().anyMatch(backend -> appetite.getOrDefault(backend, 0) > 0))
                .toList();
        List<Candidate> candidates = store.candidates(hungry, SLICES_A_BATCH, SLICES_A_LOOK);
        List<SliceId> chosen = Policy.choose(candidates, appetite, this::serving, lastTenant);
        if (chosen.isEmpty()) {
            return;
        }
        List<SliceHint> released = database.inTransaction(
                transaction -> held.check(transaction, underEpoch) ? store.release(transaction, chosen) : List.of());
        hints.publish(released);
        SliceId last = chosen.getLast();
        candidates.stream().filter(c -> c.slice().equals(last)).findFirst().ifPresent(c -> lastTenant = c.tenantId());
    }

    /** What the dispatchers want less what is on its way to them. */
    private Map<String, Integer> appetite() {
        return Policy.less(capacity.wanted(), store.released(), this::serving);
    }

    private List<String> serving(Demand demand) {
        return backends.serving(demand.model(), demand.endpoint()).stream()
                .map(Backend::name)
                .toList();
    }
}
