package dev.longhaul.dispatcher.schedule;

import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.dispatcher.capacity.ClusterCapacity;
import dev.longhaul.dispatcher.schedule.ScheduleStore.Released;
import dev.longhaul.dispatcher.schedule.ScheduleStore.Unclaimed;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One step of the leader: decide, persist, tell. A slice is released in PostgreSQL before its hint goes out, under the leader's epoch,
 * so that a leader who slept changes nothing. Nothing is asked of PostgreSQL while nothing waits. Belongs to the scheduler's thread,
 * except {@link #begun}.
 */
@ApplicationScoped
class ReleaseLoop {
    /** Slices that are read ahead of a batch that has just begun. */
    private static final int FIRST_SLICES = 64;
    /** Slices that are read or released by one statement at most. */
    private static final int MAX_SLICES = 1_024;

    private static final long HINTS_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** The whole backlog is looked through for at most this part of the time. */
    private static final int REFRESH_SHARE = 50;

    private final ScheduleStore store;
    private final BacklogStore backlogStore;
    private final Backends backends;
    private final HintPublisher hints;
    private final ClusterCapacity capacity;
    private final Set<String> begun = ConcurrentHashMap.newKeySet();
    private Backlog backlog = new Backlog();
    private ClaimRate claims = new ClaimRate();
    private boolean countsUnclaimed;
    private long refreshAtNanos = System.nanoTime();
    private long hintsAgainNanos = System.nanoTime();
    private @Nullable String lastTenant;
    /** What the dispatchers would take on, as of the last look. */
    private Map<String, Integer> wanted = Map.of();

    ReleaseLoop(
            ScheduleStore store,
            BacklogStore backlogStore,
            Backends backends,
            HintPublisher hints,
            ClusterCapacity capacity) {
        this.store = store;
        this.backlogStore = backlogStore;
        this.backends = backends;
        this.hints = hints;
        this.capacity = capacity;
    }

    /** A batch has slices that may run now; any thread. */
    void begun(String batchId) {
        begun.add(batchId);
    }

    /** Forgets everything: another process may have led in the meantime. */
    void startOver() {
        backlog = new Backlog();
        claims = new ClaimRate();
        countsUnclaimed = false;
        refreshAtNanos = System.nanoTime();
    }

    /** So many released slices became pending again without having been claimed. */
    void takenBack(int slices) {
        claims.takenBack(slices);
        if (slices > 0) {
            refreshAtNanos = System.nanoTime();
        }
    }

    /** How long nothing has to be done if nothing happens. */
    long pauseNanos(long busyNanos, long idleNanos) {
        if (backlog.hasReady() || claims.mayBeUnclaimed()) {
            return busyNanos;
        }
        OptionalLong due = backlog.nextDueNanos();
        return due.isEmpty() ? idleNanos : Math.clamp(due.getAsLong() - System.nanoTime(), 0, idleNanos);
    }

    /** Releases what fits the dispatchers' appetite; true if more would have fitted and is there. */
    boolean releaseSome(Leadership leader, long now) {
        refresh(now);
        backlog.wake(now);
        if (!backlog.hasReady() && !claims.mayBeUnclaimed() && countsUnclaimed) {
            return false;
        }
        wanted = capacity.wanted();
        Map<Demand, Unclaimed> unclaimed = unclaimed(now);
        sendHintsAgain(leader, wanted, unclaimed.keySet(), now);
        Map<String, Integer> appetite = Policy.less(wanted, lines(unclaimed), this::serving);
        int room = Math.min(MAX_SLICES, claims.room(now));
        Predicate<Demand> hungry = memoized(demand -> isWanted(demand, appetite));
        if (room == 0 || appetite.values().stream().noneMatch(lines -> lines > 0)) {
            return false;
        }
        return release(leader, appetite, hungry, room, now);
    }

    private boolean release(
            Leadership leader, Map<String, Integer> appetite, Predicate<Demand> hungry, int room, long now) {
        List<BatchModel> unread = backlog.toLoad(hungry, lastTenant, room);
        if (!unread.isEmpty()) {
            backlogStore.next(unread, Math.max(1, room / unread.size())).forEach(page -> backlog.load(page, now));
        }
        List<Candidate> chosen = Policy.choose(backlog.candidates(hungry), appetite, this::serving, lastTenant, room);
        if (chosen.isEmpty()) {
            return false;
        }
        lastTenant = chosen.getLast().of().tenantId();
        List<Released> released =
                store.release(leader, chosen.stream().map(Candidate::slice).toList());
        claims.released(released.size());
        backlog.released(
                chosen, released.stream().map(slice -> slice.hint().slice()).collect(Collectors.toSet()));
        publish(released);
        return !backlog.toLoad(hungry, lastTenant, 1).isEmpty();
    }

    private void publish(List<Released> released) {
        hints.publish(HintGroups.of(released, capacity.dispatchers()));
    }

    /** Learns of pending slices: at once of batches that have just begun, and of all from time to time. */
    private void refresh(long now) {
        Set<String> batches = new HashSet<>(begun);
        if (!batches.isEmpty()) {
            begun.removeAll(batches);
            backlogStore.begun(batches, FIRST_SLICES).forEach(page -> backlog.load(page, now));
        }
        if (now - refreshAtNanos >= 0) {
            long before = System.nanoTime();
            backlog.replace(backlogStore.heads(), now);
            refreshAtNanos = before + Math.max(REFRESH_NANOS, REFRESH_SHARE * (System.nanoTime() - before));
        }
    }

    private Map<Demand, Unclaimed> unclaimed(long now) {
        if (countsUnclaimed && !claims.mayBeUnclaimed()) {
            return Map.of();
        }
        Map<Demand, Unclaimed> unclaimed = store.unclaimed();
        claims.found(unclaimed.values().stream().mapToInt(Unclaimed::slices).sum(), now);
        countsUnclaimed = true;
        return unclaimed;
    }

    private void sendHintsAgain(Leadership leader, Map<String, Integer> wanted, Set<Demand> unclaimed, long now) {
        if (now - hintsAgainNanos >= HINTS_AGAIN_NANOS) {
            hintsAgainNanos = now;
            List<Demand> demands = unclaimed.stream()
                    .filter(demand -> isWanted(demand, wanted))
                    .toList();
            if (!demands.isEmpty()) {
                publish(store.again(leader, demands));
            }
        }
    }

    private static Map<Demand, Integer> lines(Map<Demand, Unclaimed> unclaimed) {
        return unclaimed.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().lines()));
    }

    private boolean isWanted(Demand demand, Map<String, Integer> appetite) {
        return serving(demand).stream().anyMatch(backend -> appetite.getOrDefault(backend, 0) > 0);
    }

    private List<String> serving(Demand demand) {
        return backends.serving(demand.model(), demand.endpoint()).stream()
                .filter(backend -> backend.isWanted(demand.model(), wanted))
                .map(Backend::name)
                .toList();
    }

    private static Predicate<Demand> memoized(Predicate<Demand> predicate) {
        Map<Demand, Boolean> known = new HashMap<>();
        return demand -> known.computeIfAbsent(demand, predicate::test);
    }
}
