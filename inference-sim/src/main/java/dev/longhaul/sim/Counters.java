package dev.longhaul.sim;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts of inference requests since the last reset. All threads. */
final class Counters {
    private final LongAdder requests = new LongAdder();
    private final LongAdder hung = new LongAdder();
    private final LongAdder cut = new LongAdder();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger maxInFlight = new AtomicInteger();
    private final AtomicReferenceArray<LongAdder> byStatus = new AtomicReferenceArray<>(600);

    void arrived() {
        requests.increment();
    }

    /** Takes a slot unless {@code slots} are taken already; 0 is no limit. */
    boolean take(int slots) {
        var now = inFlight.incrementAndGet();
        if (slots > 0 && now > slots) {
            inFlight.decrementAndGet();
            return false;
        }
        if (now > maxInFlight.get()) {
            maxInFlight.accumulateAndGet(now, Math::max);
        }
        return true;
    }

    /** Gives the slot back; exactly once for each that was taken. */
    void release() {
        inFlight.decrementAndGet();
    }

    void answered(int status) {
        var count = byStatus.get(status);
        if (count == null) {
            byStatus.compareAndSet(status, null, new LongAdder());
            count = byStatus.get(status);
        }
        count.increment();
    }

    void hung() {
        hung.increment();
    }

    void cut() {
        cut.increment();
    }

    /** Those in flight stay counted as such, for they will be released. */
    void reset() {
        requests.reset();
        hung.reset();
        cut.reset();
        maxInFlight.set(inFlight.get());
        for (var status = 0; status < byStatus.length(); status++) {
            byStatus.set(status, null);
        }
    }

    String json() {
        var statuses = new StringBuilder();
        for (var status = 0; status < byStatus.length(); status++) {
            var count = byStatus.get(status);
            if (count != null) {
                statuses.append(statuses.isEmpty() ? "" : ",").append("\"%d\":%d".formatted(status, count.sum()));
            }
        }
        return "{\"requests\":%d,\"in_flight\":%d,\"max_in_flight\":%d,\"hung\":%d,\"cut\":%d,\"by_status\":{%s}}"
                .formatted(requests.sum(), inFlight.get(), maxInFlight.get(), hung.sum(), cut.sum(), statuses);
    }
}
