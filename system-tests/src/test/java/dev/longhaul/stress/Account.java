package dev.longhaul.stress;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The outcome of a test.
 *
 * @param begin of its first batch
 * @param stalls the longest ones, longest first
 */
record Account(String name, int batches, long begin, List<Fault> faults, List<Stall> stalls) {
    private static final int STALLS = 5;

    static Account of(String name, List<Work> created, Map<String, Long> ended, List<Fault> faults) {
        long now = System.nanoTime();
        List<Stall> stalls = created.stream()
                .map(work -> Stall.of(work, ended.getOrDefault(work.id(), now), faults))
                .sorted(Comparator.comparingDouble(Stall::seconds).reversed())
                .limit(STALLS)
                .toList();
        long begin = created.stream().mapToLong(Work::created).min().orElse(now);
        return new Account(name, created.size(), begin, faults, stalls);
    }

    Stall worst() {
        return stalls.getFirst();
    }

    String summary() {
        return "%s: %d batches, %d faults, longest stall %.1f s".formatted(name, batches, faults.size(), worst().seconds());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(summary());
        for (Fault fault : faults) {
            text.append("%n%7.1f s to %7.1f s: %s (excuses %s)"
                    .formatted(at(fault.begin()), at(fault.end()), fault.what(), fault.excuses()));
        }
        for (Stall stall : stalls) {
            text.append("%n%s, created at %.1f s%s: %.1f s"
                    .formatted(
                            stall.work().id(),
                            at(stall.work().created()),
                            stall.work().large() ? ", its input in S3" : "",
                            stall.seconds()));
        }
        return text.toString();
    }

    private double at(long moment) {
        return (moment - begin) / 1e9;
    }
}
