package dev.longhaul.dispatcher.capacity;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The leader's account of who may have which slots in use; no I/O. A share is reduced at any time, and raised only as far as what the
 * others have confirmed leaves room, so that together they never exceed the backend's ceiling. Belongs to one thread.
 */
final class CapacityLedger {
    private final Map<String, Integer> ceilings;
    private final SortedMap<String, Member> members = new TreeMap<>();
    private long number;
    /** Whether somebody's slots have become certain since the last decision. */
    private boolean settled;

    /**
     * @param epoch the leader's
     * @param ceilings slots by backend
     */
    CapacityLedger(long epoch, Map<String, Integer> ceilings) {
        this.number = Grant.firstNumber(epoch);
        this.ceilings = Map.copyOf(ceilings);
    }

    /**
     * A dispatcher's row.
     *
     * @param report null when its version does not report, and takes an even part of each ceiling
     * @param wanted as an earlier version reports it
     * @param lapsesInMillis when its shares are void unless it renews its lease before; not above 0 when they are
     */
    record Row(String id, @Nullable CapacityReport report, Map<String, Integer> wanted, long lapsesInMillis) {
        boolean isLapsed() {
            return lapsesInMillis <= 0;
        }
    }

    private static final class Member {
        private @Nullable CapacityReport report;
        private Map<String, Integer> wanted = Map.of();
        private boolean lapsed;
        private Grant granted = Grant.NONE;
        /** The most that any grant since the last confirmation allows. */
        private final Map<String, Integer> outstanding = new HashMap<>();
        /** Not confirmed a grant of this leader yet: an earlier one may have lent it more than it reports. */
        private boolean uncertain = true;
        /** It has lapsed, and what it reports is from before until it confirms a later grant. */
        private boolean isVoid;

        private boolean isConfirmed() {
            return report == null || report.grant() >= granted.number();
        }

        private int lent(String backend) {
            return report == null || isVoid ? 0 : report.lent().getOrDefault(backend, 0);
        }

        private int calls(String backend) {
            return report == null ? 0 : report.calls().getOrDefault(backend, 0);
        }

        /** Up to where it may start lines. */
        private int mayUse(String backend) {
            return Math.max(lent(backend), outstanding.getOrDefault(backend, 0));
        }

        private int demand(String backend) {
            return report == null || report.draining() ? 0 : report.demand().getOrDefault(backend, 0);
        }

        private boolean takesPart() {
            return !lapsed && report != null && !report.draining();
        }

        /** Slots that nobody else may have meanwhile. */
        private int mayHold(String backend, int ceiling) {
            if (lapsed || report == null) {
                return 0;
            }
            return uncertain ? ceiling : Math.max(mayUse(backend), calls(backend));
        }

        /** True when it has just confirmed its first grant, so that others may be lent more. */
        private boolean accept(CapacityReport fresh) {
            boolean wasUncertain = uncertain;
            CapacityReport known = report;
            if (known == null || fresh.grant() >= known.grant()) {
                report = fresh;
                if (isConfirmed() && granted.number() > 0) {
                    outstanding.clear();
                    uncertain = false;
                    isVoid = false;
                    // Less than it was granted when its shares have lapsed since.
                    Map<String, Integer> kept = new HashMap<>(granted.shares());
                    kept.replaceAll((backend, share) -> Math.min(share, lent(backend)));
                    granted = new Grant(granted.number(), granted.among(), false, kept);
                }
            }
            return wasUncertain && !uncertain;
        }

        /** It has given up whatever it was granted, and takes nothing but a later grant than this one. */
        private void lapse(long grantNumber) {
            outstanding.clear();
            uncertain = false;
            isVoid = true;
            granted = new Grant(grantNumber, granted.among(), false, Map.of());
        }
    }

    /** A dispatcher's report came in ahead of its row. */
    void report(String id, CapacityReport report) {
        settled |= members.computeIfAbsent(id, i -> new Member()).accept(report);
    }

    /** All rows as they were read just now; who has none is forgotten. */
    void rows(Collection<Row> rows) {
        Map<String, Row> byId = new HashMap<>();
        rows.forEach(row -> byId.put(row.id(), row));
        members.keySet().retainAll(byId.keySet());
        for (Row row : rows) {
            Member member = members.computeIfAbsent(row.id(), id -> new Member());
            member.wanted = row.wanted();
            if (row.report() != null) {
                settled |= member.accept(row.report());
            }
            if (row.isLapsed() && !member.lapsed) {
                member.lapse(++number);
            }
            member.lapsed = row.isLapsed();
        }
    }

    /** Lines by backend that those who take part would still take on. */
    Map<String, Integer> wanted() {
        Map<String, Integer> sum = new HashMap<>();
        for (Member member : members.values()) {
            CapacityReport report = member.report;
            if (!member.lapsed) {
                (report == null ? member.wanted : report.wanted())
                        .forEach((backend, lines) -> sum.merge(backend, lines, Integer::sum));
            }
        }
        return Map.copyOf(sum);
    }

    /** How many take part. */
    int dispatchers() {
        return (int) members.values().stream().filter(member -> !member.lapsed).count();
    }

    /**
     * Grants what should change.
     *
     * @param evenOut whether to spread head room evenly again; otherwise nothing changes unless somebody has less than it could use
     * @return grants by dispatcher
     */
    Map<String, Grant> decide(boolean evenOut) {
        boolean evenly = evenOut || settled;
        settled = false;
        Map<String, Map<String, Integer>> wished = new HashMap<>();
        members.forEach((id, member) -> wished.put(id, new HashMap<>(member.granted.shares())));
        ceilings.forEach((backend, ceiling) -> {
            SortedMap<String, Integer> fair = fair(backend, ceiling);
            if (evenly || isAnyoneShort(backend, fair)) {
                asFarAsThereIsRoom(backend, ceiling, fair)
                        .forEach((id, share) ->
                                wished.computeIfAbsent(id, i -> new HashMap<>()).put(backend, share));
            }
        });
        Map<String, Grant> grants = new HashMap<>();
        members.forEach((id, member) -> {
            Map<String, Integer> shares = wished.getOrDefault(id, Map.of());
            // Once to each whatever it has, so that it confirms it.
            boolean isDue = member.granted.number() == 0 || differs(shares, member.granted.shares());
            if (isDue && member.report != null && !member.lapsed) {
                grants.put(id, grant(member, shares));
            }
        });
        return grants;
    }

    /** Those who have not confirmed what they were granted. */
    Map<String, Grant> unconfirmed() {
        Map<String, Grant> grants = new HashMap<>();
        members.forEach((id, member) -> {
            if (!member.lapsed && !member.isConfirmed()) {
                grants.put(id, member.granted);
            }
        });
        return grants;
    }

    private static boolean differs(Map<String, Integer> shares, Map<String, Integer> others) {
        return !Amounts.encode(shares).equals(Amounts.encode(others));
    }

    private Grant grant(Member member, Map<String, Integer> shares) {
        int among = (int) members.values().stream().filter(Member::takesPart).count();
        member.granted = new Grant(++number, among, member.uncertain, shares);
        shares.forEach((backend, share) -> member.outstanding.merge(backend, share, Math::max));
        return member.granted;
    }

    private boolean isAnyoneShort(String backend, SortedMap<String, Integer> fair) {
        return fair.entrySet().stream().anyMatch(entry -> {
            Member member = members.get(entry.getKey());
            return member != null
                    && Math.min(entry.getValue(), member.demand(backend))
                            > member.granted.shares().getOrDefault(backend, 0);
        });
    }

    private SortedMap<String, Integer> fair(String backend, int ceiling) {
        SortedMap<String, Integer> demands = new TreeMap<>();
        members.forEach((id, member) -> {
            if (member.takesPart()) {
                demands.put(id, member.demand(backend));
            }
        });
        return FairShares.of(ceiling - ofEarlierVersions(ceiling), demands);
    }

    private int ofEarlierVersions(int ceiling) {
        long count = members.values().stream()
                .filter(member -> member.report == null && !member.lapsed)
                .count();
        return count == 0 ? 0 : (int) Math.min(ceiling, count * Math.ceilDiv(ceiling, members.size()));
    }

    /** Shares as they should be; but whoever is to have more has to wait for those who are to have less. */
    private SortedMap<String, Integer> asFarAsThereIsRoom(
            String backend, int ceiling, SortedMap<String, Integer> fair) {
        SortedMap<String, Integer> next = new TreeMap<>();
        long free = ceiling - ofEarlierVersions(ceiling);
        for (Map.Entry<String, Member> entry : members.entrySet()) {
            free -= entry.getValue().mayHold(backend, ceiling);
            next.put(entry.getKey(), 0);
        }
        for (Map.Entry<String, Integer> entry : fair.entrySet()) {
            Member member = members.getOrDefault(entry.getKey(), new Member());
            int own = member.mayHold(backend, ceiling);
            // One that is uncertain gets a cap, which raises nothing.
            int share = member.uncertain
                    ? entry.getValue()
                    : (int) Math.min(entry.getValue(), Math.max(member.mayUse(backend), free + own));
            next.put(entry.getKey(), share);
            free -= Math.max(own, share) - own;
        }
        return next;
    }
}
