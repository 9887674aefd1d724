package dev.longhaul.dispatcher.schedule;

import dev.longhaul.dispatcher.capacity.ClusterCapacity;
import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.store.Database;
import dev.longhaul.store.LeaderLease;
import dev.longhaul.store.StoreException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The leader's loop: while this process leads, it takes back what nobody works on and keeps the runway filled. A standby asks once a
 * second whether it may lead.
 */
@ApplicationScoped
public class Scheduler {
    private static final Logger LOG = Logger.getLogger(Scheduler.class);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RECLAIM_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Database database;
    private final ReclaimStore reclaims;
    private final ReleaseLoop releases;
    private final ProcessLease lease;
    private final ClusterCapacity capacity;
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean running = true;
    private @Nullable LeaderLease leaderLease;
    private String holder = "";
    private volatile @Nullable Leadership leadership;
    private long askedNanos = System.nanoTime() - LEASE_NANOS;
    private long reclaimedNanos = System.nanoTime();

    Scheduler(
            Database database,
            ReclaimStore reclaims,
            ReleaseLoop releases,
            ProcessLease lease,
            ClusterCapacity capacity) {
        this.database = database;
        this.reclaims = reclaims;
        this.releases = releases;
        this.lease = lease;
        this.capacity = capacity;
    }

    public void start() {
        capacity.onChange(wake::release);
        Thread.ofVirtual().name("scheduler").start(this::run);
    }

    /** Looks at once for slices of a batch that may run, if this process leads; any thread. */
    public void wake(String batchId) {
        if (leadership != null) {
            releases.begun(batchId);
            wake.release();
        }
    }

    /** Gives up the lead. */
    public void stop() {
        running = false;
        wake.release();
    }

    private void run() {
        while (running) {
            try {
                if (wake.tryAcquire(pauseNanos(), TimeUnit.NANOSECONDS)) {
                    wake.drainPermits();
                }
                tick(System.nanoTime());
            } catch (StoreException e) {
                LOG.debugf("LH-D050 cannot schedule just now: %s", e.getMessage());
                leadership = null;
            } catch (RuntimeException e) {
                // A loop that ended here would leave the cluster without a leader as long as this process lives.
                LOG.errorf(e, "LH-D054 scheduling failed, starting over");
                leadership = null;
            } catch (InterruptedException e) {
                return;
            }
        }
        capacity.stopLeading();
        LeaderLease held = leaderLease;
        if (held != null && leadership != null) {
            held.release();
        }
    }

    private long pauseNanos() {
        return leadership == null ? LEASE_NANOS : releases.pauseNanos(TICK_NANOS, LEASE_NANOS);
    }

    private void tick(long now) {
        keepLeading(now);
        Leadership leader = leadership;
        if (leader == null) {
            return;
        }
        if (now - reclaimedNanos >= RECLAIM_NANOS) {
            reclaimedNanos = now;
            reclaim(leader);
        }
        if (releases.releaseSome(leader, now)) {
            wake.release();
        }
    }

    /** The lease is held under the process's present identity: a new identity applies for it again. */
    private void keepLeading(long now) {
        String identity = lease.identity().id();
        LeaderLease held = leaderLease;
        if (held == null || !holder.equals(identity)) {
            if (held != null) {
                held.release();
            }
            held = new LeaderLease(database, Leadership.LEASE, identity);
            leaderLease = held;
            holder = identity;
            leadership = null;
            askedNanos = now - LEASE_NANOS;
        }
        if (now - askedNanos < LEASE_NANOS) {
            return;
        }
        askedNanos = now;
        OptionalLong epoch = held.acquire();
        if (epoch.isEmpty()) {
            leadership = null;
            capacity.stopLeading();
            return;
        }
        capacity.startLeading(epoch.getAsLong());
        if (leadership == null) {
            leadership = new Leadership(identity, epoch.getAsLong());
            releases.startOver();
            LOG.infof("LH-D051 leading the schedule, epoch %d", epoch.getAsLong());
        }
    }

    private void reclaim(Leadership leader) {
        if (!reclaims.isNeeded(leader.holder())) {
            return;
        }
        LeaderLease held = leaderLease;
        ReclaimStore.Reclaimed reclaimed =
                database.inTransaction(transaction -> held != null && held.check(transaction, leader.epoch())
                        ? reclaims.reclaim(transaction, leader.holder())
                        : ReclaimStore.Reclaimed.NOTHING);
        releases.takenBack(reclaimed.released());
        if (reclaimed.held() > 0) {
            LOG.infof("LH-D052 reclaimed %d slices that no dispatcher works on", reclaimed.held());
        }
    }
}
