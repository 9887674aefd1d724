package dev.longhaul.stress;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The longest time that a batch was open while nothing happened that excuses it. The clock starts at its creation and again
 * when a fault begins or ends, and stands still during a fault that takes away something the batch needs.
 */
record Stall(Work work, double seconds) {

    /** @param end when it was seen to have ended, or now */
    static Stall of(Work work, long end, List<Fault> faults) {
        TreeSet<Long> moments = new TreeSet<>(List.of(work.created(), Math.max(end, work.created())));
        faults.stream()
                .flatMap(fault -> Stream.of(fault.begin(), fault.end()))
                .filter(moment -> moment > work.created() && moment < end)
                .forEach(moments::add);
        long longest = 0;
        for (long from : moments) {
            Long to = moments.higher(from);
            if (to != null && faults.stream().noneMatch(fault -> isExcused(work, fault, from, to))) {
                longest = Math.max(longest, to - from);
            }
        }
        return new Stall(work, longest / 1e9);
    }

    private static boolean isExcused(Work work, Fault fault, long from, long to) {
        return fault.excuses().covers(work) && fault.begin() <= from && fault.end() >= to;
    }
}
