package dev.longhaul.store;

import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.StopReason;
import dev.longhaul.model.Usage;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A batch as its tenant sees it.
 *
 * @param version raised by each transition, from 1
 * @param errors the validation errors as OpenAI's list object in JSON, if the batch failed validation
 */
public record Batch(
        String id,
        String tenantId,
        String jobId,
        @Nullable String jobName,
        String inputFileId,
        String endpoint,
        String completionWindow,
        Map<String, String> metadata,
        @Nullable String model,
        BatchStatus status,
        int version,
        Times times,
        @Nullable String errors,
        @Nullable String outputFileId,
        @Nullable String errorFileId,
        Counts counts,
        Usage usage,
        Control control,
        Pace pace) {
    public Batch {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** When it entered which status, on PostgreSQL's clock. */
    public record Times(
            Instant createdAt,
            Instant expiresAt,
            @Nullable Instant inProgressAt,
            @Nullable Instant finalizingAt,
            @Nullable Instant completedAt,
            @Nullable Instant failedAt,
            @Nullable Instant expiredAt,
            @Nullable Instant cancellingAt,
            @Nullable Instant cancelledAt) {
        /** Those of a batch that has just been created. */
        static Times atCreation(Instant createdAt, Instant expiresAt) {
            return new Times(createdAt, expiresAt, null, null, null, null, null, null, null);
        }
    }

    /** Its lines, as far as they have been checkpointed. */
    public record Counts(long total, long completed, long failed) {
        static final Counts NONE = new Counts(0, 0, 0);
    }

    /**
     * What its tenant asked of it besides, and what came of that.
     *
     * @param pausedAt null while it is not paused
     * @param stopReason why it ends, or ended, before all of its lines were served; null when it does not
     * @param maxErrors how many lines may fail ({@code 10}), or which share of them ({@code 5%}); null for any
     * @param retryOf the batch whose failed lines it runs; null when it runs a whole file
     */
    public record Control(
            @Nullable Instant pausedAt,
            @Nullable StopReason stopReason,
            @Nullable String maxErrors,
            @Nullable String retryOf) {
        Control atCreation() {
            return new Control(null, null, maxErrors, retryOf);
        }
    }

    /**
     * How far it is, beside its counts.
     *
     * @param inputBytes of its input file
     * @param plannedBytes of these, as far as they are planned
     * @param planWaits why its plan was put back: {@code models}, {@code input}, {@code store} or {@code error}; read while it is
     *     validating only
     * @param unserved lines that were answered without being served
     * @param lineRate lines a second as of {@code lineRateAt}, a mean that forgets
     */
    public record Pace(
            long inputBytes,
            long plannedBytes,
            @Nullable String planWaits,
            long unserved,
            double lineRate,
            @Nullable Instant lineRateAt) {
        static final Pace NONE = new Pace(0, 0, null, 0, 0, null);
    }

    /** How many of its lines have no outcome yet. */
    long openLines() {
        return Math.max(0, counts.total() - counts.completed() - counts.failed() - pace.unserved());
    }

    /** The batch as the call that created it answered it, for a repeat of that call. */
    Batch asCreated() {
        return new Batch(
                id,
                tenantId,
                jobId,
                jobName,
                inputFileId,
                endpoint,
                completionWindow,
                metadata,
                null,
                BatchStatus.VALIDATING,
                1,
                Times.atCreation(times.createdAt(), times.expiresAt()),
                null,
                null,
                null,
                Counts.NONE,
                Usage.NONE,
                control.atCreation(),
                Pace.NONE);
    }
}
