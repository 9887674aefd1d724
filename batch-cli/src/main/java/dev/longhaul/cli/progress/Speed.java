package dev.longhaul.cli.progress;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The speed over the last ten seconds, which follows a batch that gets faster or stalls; the caller brings the clock. Safe for use by several threads. */
final class Speed {
    private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long SAMPLE_EVERY_NANOS = Duration.ofMillis(200).toNanos();

    private record Sample(long nanos, long done) {}

    private final Deque<Sample> samples = new ArrayDeque<>();
    private long newestNanos;
    private long newestDone;

    /** @param nanos of a clock that never goes back */
    synchronized void at(long nanos, long done) {
        newestNanos = nanos;
        newestDone = done;
        if (samples.isEmpty() || nanos - samples.getLast().nanos >= SAMPLE_EVERY_NANOS) {
            samples.addLast(new Sample(nanos, done));
        }
        while (samples.size() > 2 && nanos - samples.getFirst().nanos > WINDOW_NANOS) {
            samples.removeFirst();
        }
    }

    /** Lines a second, 0 as long as there is nothing to tell it from. */
    synchronized double perSecond() {
        if (samples.isEmpty() || newestNanos == samples.getFirst().nanos) {
            return 0;
        }
        Sample first = samples.getFirst();
        return (newestDone - first.done) * 1e9 / (newestNanos - first.nanos);
    }

    /** The time to the end at this speed; empty when nothing moves or the total is not known. */
    synchronized Optional<Duration> remaining(long total) {
        double speed = perSecond();
        if (total <= 0 || speed <= 0) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofMillis((long) ((total - newestDone) / speed * 1_000)));
    }
}
