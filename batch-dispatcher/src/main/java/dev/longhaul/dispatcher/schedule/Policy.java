package dev.longhaul.dispatcher.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides which slices go next; pure. Tenants take turns; within a tenant the earliest deadline goes first, then the older batch, then
 * the order of the file. A slice goes while its backends have any appetite left, so the last one may overshoot it.
 */
final class Policy {
    private static final Comparator<Candidate> WITHIN_TENANT = Comparator.comparing(Candidate::of, BatchModel.ORDER)
            .thenComparing(candidate -> candidate.slice().seq());

    private Policy() {}

    /** Which backends serve a slice. */
    interface Serving {
        List<String> backends(Demand demand);
    }

    /**
     * Chooses slices.
     *
     * @param appetite lines by backend that its dispatchers would still take on
     * @param lastTenant the tenant whose turn was last; the next one in order begins
     * @param most slices at most
     */
    static List<Candidate> choose(
            List<Candidate> candidates,
            Map<String, Integer> appetite,
            Serving serving,
            @Nullable String lastTenant,
            int most) {
        Map<String, Integer> left = new HashMap<>(appetite);
        Deque<Deque<Candidate>> turns = turns(candidates, lastTenant);
        List<Candidate> chosen = new ArrayList<>();
        while (!turns.isEmpty() && chosen.size() < most) {
            Deque<Candidate> tenant = turns.removeFirst();
            Candidate next = nextThatFits(tenant, left, serving);
            if (next != null) {
                chosen.add(next);
                turns.addLast(tenant);
            }
        }
        return chosen;
    }

    /**
     * What is wanted less what is on its way: a released slice's lines are taken from those of its backends that want the
     * most, as {@link #choose} did, for which of them gets it is not known before it is claimed.
     *
     * @param released lines by what they ask for
     */
    static Map<String, Integer> less(Map<String, Integer> wanted, Map<Demand, Integer> released, Serving serving) {
        Map<String, Integer> left = new HashMap<>(wanted);
        released.forEach((demand, lines) -> {
            List<String> able = new ArrayList<>(serving.backends(demand));
            able.sort(Comparator.comparingInt((String backend) -> left.getOrDefault(backend, 0))
                    .reversed());
            int rest = lines;
            for (String backend : able) {
                int taken = Math.clamp(left.getOrDefault(backend, 0), 0, rest);
                left.merge(backend, -taken, Integer::sum);
                rest -= taken;
            }
        });
        return left;
    }

    private static Deque<Deque<Candidate>> turns(List<Candidate> candidates, @Nullable String lastTenant) {
        SequencedMap<String, List<Candidate>> byTenant = new TreeMap<>();
        candidates.forEach(c -> byTenant.computeIfAbsent(c.of().tenantId(), t -> new ArrayList<>())
                .add(c));
        Deque<Deque<Candidate>> turns = new ArrayDeque<>();
        Deque<Deque<Candidate>> after = new ArrayDeque<>();
        byTenant.forEach((tenant, own) -> {
            own.sort(WITHIN_TENANT);
            (lastTenant == null || tenant.compareTo(lastTenant) > 0 ? turns : after).addLast(new ArrayDeque<>(own));
        });
        turns.addAll(after);
        return turns;
    }

    private static @Nullable Candidate nextThatFits(
            Deque<Candidate> tenant, Map<String, Integer> left, Serving serving) {
        for (Candidate next = tenant.pollFirst(); next != null; next = tenant.pollFirst()) {
            String hungriest = serving.backends(next.of().demand()).stream()
                    .max(Comparator.comparingInt(backend -> left.getOrDefault(backend, 0)))
                    .orElse(null);
            if (hungriest != null && left.getOrDefault(hungriest, 0) > 0) {
                left.merge(hungriest, -next.lines(), Integer::sum);
                return next;
            }
        }
        return null;
    }
}
