package dev.longhaul.dispatcher.schedule;

import dev.longhaul.model.SliceId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the leader remembers of the pending slices from one tick to the next, so that a tick costs the same whatever waits: which
 * batches have pending slices of which model, and the next slices of those whose turn is near. PostgreSQL has the last word: what is out
 * of date here ends in an update that changes no row. Pure; times are {@link System#nanoTime}'s; belongs to the scheduler's thread.
 */
final class Backlog {
    private final Map<Key, Entry> entries = new HashMap<>();
    /** Entries with slices that may go now, by tenant and demand. */
    private final NavigableMap<String, Map<Demand, NavigableSet<Entry>>> ready = new TreeMap<>();

    private final Set<Entry> loaded = new LinkedHashSet<>();
    private final PriorityQueue<Sleeper> asleep = new PriorityQueue<>(Comparator.comparingLong(Sleeper::dueNanos));

    private record Key(String batchId, Demand demand) {
        static Key of(BatchModel batch) {
            return new Key(batch.batchId(), batch.demand());
        }
    }

    private static final class Entry {
        private final BatchModel of;
        private final Deque<Candidate> slices = new ArrayDeque<>();
        /** Whether PostgreSQL may have further ones that may go now. */
        private boolean more;

        private long dueNanos;

        Entry(BatchModel of) {
            this.of = of;
        }
    }

    private record Sleeper(Entry entry, long dueNanos) {}

    /**
     * A batch with pending slices of a model.
     *
     * @param dueMillis in how long the first of them may go; 0 for now
     */
    record Head(BatchModel of, long dueMillis) {}

    /**
     * The next slices of a batch and model.
     *
     * @param due those that may go now, in their order
     * @param full whether there may be more of these
     * @param nextDueMillis in how long one may go that may not go now; empty if there is no such slice
     */
    record Page(BatchModel of, List<Candidate> due, boolean full, OptionalLong nextDueMillis) {}

    /** Takes over all that has pending slices now; what is not among it is forgotten. */
    void replace(Collection<Head> heads, long nowNanos) {
        Set<Key> seen = new HashSet<>();
        for (Head head : heads) {
            seen.add(Key.of(head.of()));
            Entry entry = entryOf(head.of());
            if (head.dueMillis() <= 0) {
                entry.more = true;
                place(entry);
            } else if (entry.slices.isEmpty()) {
                entry.more = false;
                sleep(entry, nowNanos, head.dueMillis());
            }
        }
        for (Entry entry : List.copyOf(entries.values())) {
            if (!seen.contains(Key.of(entry.of))) {
                remove(entry);
            }
        }
    }

    /** Takes over what was read of a batch and model. */
    void load(Page page, long nowNanos) {
        Entry entry = entryOf(page.of());
        entry.slices.clear();
        entry.slices.addAll(page.due());
        entry.more = page.full();
        page.nextDueMillis().ifPresent(millis -> sleep(entry, nowNanos, millis));
        place(entry);
    }

    /** Makes ready what has slept until now. */
    void wake(long nowNanos) {
        for (Sleeper first = asleep.peek(); first != null && first.dueNanos() - nowNanos <= 0; first = asleep.peek()) {
            asleep.poll();
            Entry entry = first.entry();
            if (entry.dueNanos == first.dueNanos() && entries.get(Key.of(entry.of)) == entry) {
                entry.dueNanos = 0;
                entry.more = true;
                place(entry);
            }
        }
    }

    /** Whether something may go now. */
    boolean hasReady() {
        return !ready.isEmpty();
    }

    /** When the next sleeping entry may go. */
    OptionalLong nextDueNanos() {
        Sleeper first = asleep.peek();
        return first == null ? OptionalLong.empty() : OptionalLong.of(first.dueNanos());
    }

    /**
     * Whose slices have to be read before the next ones are chosen: tenants in turn, and of each the batches that go first.
     *
     * @param wanted which demands have a backend that would take lines
     * @param lastTenant the tenant whose turn was last
     * @param most how many entries at most
     */
    List<BatchModel> toLoad(Predicate<Demand> wanted, @Nullable String lastTenant, int most) {
        int each = Math.max(1, most / Math.max(1, ready.size()));
        List<BatchModel> load = new ArrayList<>();
        Iterator<Map<Demand, NavigableSet<Entry>>> tenants = inTurn(lastTenant).iterator();
        while (tenants.hasNext() && load.size() < most) {
            List<Entry> first = new ArrayList<>();
            tenants.next().forEach((demand, entriesOfDemand) -> {
                if (wanted.test(demand)) {
                    entriesOfDemand.stream().limit(each).forEach(first::add);
                }
            });
            first.stream()
                    .sorted(Comparator.comparing(entry -> entry.of, BatchModel.ORDER))
                    .limit(each)
                    .filter(entry -> entry.slices.isEmpty())
                    .forEach(entry -> load.add(entry.of));
        }
        return load;
    }

    private List<Map<Demand, NavigableSet<Entry>>> inTurn(@Nullable String lastTenant) {
        if (lastTenant == null) {
            return List.copyOf(ready.values());
        }
        List<Map<Demand, NavigableSet<Entry>>> tenants =
                new ArrayList<>(ready.tailMap(lastTenant, false).values());
        tenants.addAll(ready.headMap(lastTenant, true).values());
        return tenants;
    }

    /** The slices that were read and not released yet, of demands that are wanted. */
    List<Candidate> candidates(Predicate<Demand> wanted) {
        return loaded.stream()
                .filter(entry -> wanted.test(entry.of.demand()))
                .flatMap(entry -> entry.slices.stream())
                .toList();
    }

    /** Forgets slices that were released; a batch of which one could not be released is forgotten altogether. */
    void released(Collection<Candidate> chosen, Set<SliceId> released) {
        for (Candidate candidate : chosen) {
            Entry entry = entries.get(Key.of(candidate.of()));
            if (entry == null) {
                continue;
            }
            if (!released.contains(candidate.slice())) {
                remove(entry);
                continue;
            }
            entry.slices.remove(candidate);
            place(entry);
        }
    }

    private Entry entryOf(BatchModel of) {
        return entries.computeIfAbsent(Key.of(of), key -> new Entry(of));
    }

    /** Puts an entry where it belongs; one of which nothing is left is forgotten. */
    private void place(Entry entry) {
        boolean hasSlices = !entry.slices.isEmpty();
        if (hasSlices) {
            loaded.add(entry);
        } else {
            loaded.remove(entry);
        }
        if (hasSlices || entry.more) {
            ready.computeIfAbsent(entry.of.tenantId(), tenant -> new HashMap<>())
                    .computeIfAbsent(
                            entry.of.demand(),
                            demand -> new TreeSet<>(Comparator.comparing(e -> e.of, BatchModel.ORDER)))
                    .add(entry);
        } else {
            leaveReady(entry);
            if (entry.dueNanos == 0) {
                entries.remove(Key.of(entry.of));
            }
        }
    }

    private void sleep(Entry entry, long nowNanos, long millis) {
        long due = nowNanos + millis * 1_000_000;
        if (entry.dueNanos == 0 || due - entry.dueNanos < 0) {
            entry.dueNanos = due;
            asleep.add(new Sleeper(entry, due));
        }
        place(entry);
    }

    private void remove(Entry entry) {
        entries.remove(Key.of(entry.of));
        loaded.remove(entry);
        leaveReady(entry);
    }

    private void leaveReady(Entry entry) {
        Map<Demand, NavigableSet<Entry>> ofTenant = ready.get(entry.of.tenantId());
        NavigableSet<Entry> ofDemand = ofTenant == null ? null : ofTenant.get(entry.of.demand());
        if (ofTenant == null || ofDemand == null || !ofDemand.remove(entry)) {
            return;
        }
        if (ofDemand.isEmpty()) {
            ofTenant.remove(entry.of.demand());
        }
        if (ofTenant.isEmpty()) {
            ready.remove(entry.of.tenantId());
        }
    }
}
