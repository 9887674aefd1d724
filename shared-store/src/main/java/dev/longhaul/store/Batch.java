package dev.longhaul.store;

import dev.longhaul.model.BatchStatus;
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
        Usage usage) {
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
                Usage.NONE);
    }
}
