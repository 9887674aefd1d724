package dev.longhaul.store;

import dev.longhaul.model.BatchStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How far a batch is and how fast.
 *
 * @param linesPerSecond over the last while; over its whole run once it has ended
 * @param estimatedEndAt at that speed; null while nothing moves, and for a batch that is paused, stopped or has ended
 * @param plannedShare how much of its input file is read, 0 to 1; null when it ended before that
 */
public record BatchProgress(
        double linesPerSecond,
        @Nullable Instant estimatedEndAt,
        Waiting waiting,
        @Nullable Double plannedShare) {
    private static final Duration FURTHEST = Duration.ofDays(36_500);

    /** Lines that no call has been started for, by what they wait for. */
    public record Waiting(long queue, long backendDown, long rateLimited, long keyRefused, long paused) {
        static final Waiting NOBODY = new Waiting(0, 0, 0, 0, 0);
    }

    /**
     * Puts it together.
     *
     * @param now PostgreSQL's
     */
    static BatchProgress of(Batch batch, Waiting waiting, Instant now) {
        double rate = rate(batch, now);
        return new BatchProgress(rate, end(batch, rate, now), waiting, plannedShare(batch));
    }

    private static double rate(Batch batch, Instant now) {
        Batch.Times times = batch.times();
        Instant begin = times.inProgressAt();
        Instant sampled = batch.pace().lineRateAt();
        if (begin == null || sampled == null) {
            return 0;
        }
        if (batch.status().isTerminal()) {
            double seconds = seconds(begin, ended(times, now));
            return seconds <= 0
                    ? 0
                    : (batch.counts().completed() + batch.counts().failed()) / seconds;
        }
        return LineRate.now(batch.pace().lineRate(), seconds(sampled, now), seconds(begin, now));
    }

    private static Instant ended(Batch.Times times, Instant now) {
        return Stream.of(times.completedAt(), times.expiredAt(), times.cancelledAt())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(now);
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }

    private static @Nullable Instant end(Batch batch, double rate, Instant now) {
        boolean runs = batch.status() == BatchStatus.IN_PROGRESS
                && batch.control().pausedAt() == null
                && batch.control().stopReason() == null;
        double seconds = rate <= 0 ? Double.POSITIVE_INFINITY : batch.openLines() / rate;
        return runs && seconds < FURTHEST.toSeconds() ? now.plusMillis((long) (seconds * 1_000)) : null;
    }

    private static @Nullable Double plannedShare(Batch batch) {
        if (batch.times().inProgressAt() != null) {
            return 1.0;
        }
        if (batch.status() != BatchStatus.VALIDATING) {
            return null;
        }
        return Math.clamp(
                batch.pace().plannedBytes() / (double) Math.max(1, batch.pace().inputBytes()), 0.0, 1.0);
    }
}
