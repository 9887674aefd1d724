package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.model.SliceId;
import dev.longhaul.store.StoreUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Keeps the slices this process holds, from their claim until PostgreSQL knows what became of them, and tells it in one statement
 * for many.
 */
@ApplicationScoped
public class SliceReports {
    private static final Logger LOG = Logger.getLogger(SliceReports.class);
    private static final long RETRY_MILLIS = 500;
    /** Longer than the answer to a claim may be under way. */
    private static final Duration ANSWER = Duration.ofSeconds(45);

    private final ClaimStore store;
    private final ProcessLease lease;
    /** Every claimed slice that is not reported, also while its bytes are still read. */
    private final Map<SliceId, SliceClaim> claimed = new ConcurrentHashMap<>();

    /** Claims under a lost identity of which PostgreSQL knows that this says nothing against their lines. */
    private final Set<SliceClaim> excused = ConcurrentHashMap.newKeySet();

    private final Set<SliceRun> held = ConcurrentHashMap.newKeySet();
    private final AtomicLong heldBytes = new AtomicLong();
    private final LinkedBlockingQueue<ClaimStore.Report> finished = new LinkedBlockingQueue<>();
    private volatile Runnable onFreed = () -> {};

    SliceReports(ClaimStore store, ProcessLease lease) {
        this.store = store;
        this.lease = lease;
        Thread.ofVirtual().name("slice-reports").start(this::run);
    }

    /** What to do when slices have been let go; quick, any thread. */
    public void whenFreed(Runnable action) {
        onFreed = action;
    }

    /** Slices that were just claimed; each is reported some day. */
    void claimed(Collection<SliceClaim> claims) {
        claims.forEach(claim -> claimed.put(claim.slice(), claim));
    }

    /** Reserves memory for a slice; false when the budget has no room and something else is held, which will free some. */
    boolean reserve(SliceClaim claim, long budget) {
        long before = heldBytes.getAndAdd(claim.length());
        if (before > 0 && before + claim.length() > budget) {
            heldBytes.addAndGet(-claim.length());
            return false;
        }
        return true;
    }

    /** A slice whose memory was {@linkplain #reserve reserved} is in memory. */
    void hold(SliceRun run) {
        held.add(run);
    }

    /** The run is finished: nothing of it is open any more. Never blocks. */
    void add(SliceRun run) {
        if (held.remove(run)) {
            heldBytes.addAndGet(-run.claim().length());
        }
        finished.add(run.report());
    }

    /**
     * A slice goes back as it was claimed, because it could not be begun.
     *
     * @param reserved whether memory was {@linkplain #reserve reserved} for it
     * @param unreadable whether the reason is that its bytes cannot be read
     */
    void handBack(SliceClaim claim, boolean reserved, long fromMillis, boolean unreadable) {
        if (reserved) {
            heldBytes.addAndGet(-claim.length());
        }
        SliceClaim.Past past = claim.past();
        finished.add(new ClaimStore.Report(
                claim, -1, true, fromMillis, Waiting.encode(past.waiting()), past.started(), unreadable));
    }

    /** What is held now. */
    List<SliceRun> held() {
        return List.copyOf(held);
    }

    /** The batches that this process has slices of. */
    Set<String> batches() {
        return claimed.keySet().stream().map(SliceId::batchId).collect(Collectors.toUnmodifiableSet());
    }

    /** Lets go of what was claimed under an identity that this process has lost: it is anybody's now. Blocks. */
    void excuseLost() {
        excuse(claimed.values());
    }

    private void excuse(Collection<SliceClaim> claims) {
        String holder = lease.identity().id();
        List<SliceClaim> lost = claims.stream()
                .filter(claim -> !claim.holder().equals(holder) && !excused.contains(claim))
                .toList();
        store.handBackLost(lost);
        excused.addAll(lost);
    }

    /** How many slices are held. */
    public int heldSlices() {
        return claimed.size();
    }

    long heldBytes() {
        return heldBytes.get();
    }

    /** Whether PostgreSQL knows of every slice what became of it. */
    public boolean isIdle() {
        return claimed.isEmpty();
    }

    /** Hands back what PostgreSQL believes this process holds and it does not: the answer to a claim may be lost. Blocks. */
    public void handBackUnknown(String holder) {
        handBackUnknown(holder, ANSWER);
    }

    /** The same at once, after a claim that failed. Only for the thread that claims, since no other claim may be under way. Blocks. */
    void handBackUnanswered(String holder) {
        handBackUnknown(holder, Duration.ZERO);
    }

    private void handBackUnknown(String holder, Duration held) {
        int unknown = store.handBackUnknown(holder, List.copyOf(claimed.values()), held);
        if (unknown > 0) {
            LOG.warnf("LH-D023 %d slices were claimed for this process without its knowledge and go back", unknown);
        }
    }

    private void run() {
        try {
            while (true) {
                List<ClaimStore.Report> batch = new ArrayList<>();
                batch.add(finished.take());
                finished.drainTo(batch);
                onFreed.run();
                write(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(List<ClaimStore.Report> reports) throws InterruptedException {
        try {
            store.report(reports);
            List<SliceClaim> claims =
                    reports.stream().map(ClaimStore.Report::claim).toList();
            excuse(claims);
            claims.forEach(claim -> {
                claimed.remove(claim.slice(), claim);
                excused.remove(claim);
            });
        } catch (RuntimeException e) {
            LOG.warnf(
                    "LH-D021 PostgreSQL did not take %d slice reports, trying again: %s",
                    reports.size(), e.getMessage());
            if (reports.size() > 1 && !(e instanceof StoreUnavailableException)) {
                // One that is refused holds back no other.
                for (ClaimStore.Report report : reports) {
                    write(List.of(report));
                }
            } else {
                finished.addAll(reports);
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            }
        }
    }
}
