package dev.longhaul.store;

import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.StopReason;
import dev.longhaul.model.Usage;
import io.vertx.core.json.JsonObject;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The columns of a batch that its tenant sees; rows are written by statements of their own. */
@Entity
@Table(name = "batch")
@SuppressWarnings("NullAway.Init")
class BatchEntity {
    @Id
    String id;

    String tenantId;
    String jobId;

    @Nullable
    String jobName;

    String inputFileId;
    String endpoint;
    String completionWindow;

    @Column(columnDefinition = "jsonb")
    JsonObject metadata;

    @Nullable
    String model;

    String status;
    int version;
    Instant createdAt;
    Instant expiresAt;

    @Nullable
    Instant inProgressAt;

    @Nullable
    Instant finalizingAt;

    @Nullable
    Instant completedAt;

    @Nullable
    Instant failedAt;

    @Nullable
    Instant expiredAt;

    @Nullable
    Instant cancellingAt;

    @Nullable
    Instant cancelledAt;

    @Nullable
    @Column(columnDefinition = "jsonb")
    JsonObject errors;

    @Nullable
    String outputFileId;

    @Nullable
    String errorFileId;

    @Nullable
    Instant pausedAt;

    @Nullable
    String stopReason;

    @Nullable
    String maxErrors;

    @Nullable
    String retryOf;

    long inputBytes;
    long planBytes;

    @Nullable
    String planWaits;

    double lineRate;

    @Nullable
    Instant lineRateAt;

    @Nullable
    Instant deletedAt;

    long linesTotal;
    long linesCompleted;
    long linesFailed;
    long linesUnserved;
    long inputTokens;
    long cachedTokens;
    long outputTokens;
    long reasoningTokens;
    long totalTokens;

    Batch toBatch() {
        return new Batch(
                id,
                tenantId,
                jobId,
                jobName,
                inputFileId,
                endpoint,
                completionWindow,
                texts(metadata),
                model,
                BatchStatus.ofWireName(status),
                version,
                new Batch.Times(
                        createdAt,
                        expiresAt,
                        inProgressAt,
                        finalizingAt,
                        completedAt,
                        failedAt,
                        expiredAt,
                        cancellingAt,
                        cancelledAt),
                errors == null ? null : errors.encode(),
                outputFileId,
                errorFileId,
                new Batch.Counts(linesTotal, linesCompleted, linesFailed),
                new Usage(inputTokens, cachedTokens, outputTokens, reasoningTokens, totalTokens),
                new Batch.Control(
                        pausedAt, stopReason == null ? null : StopReason.ofWireName(stopReason), maxErrors, retryOf),
                new Batch.Pace(inputBytes, planBytes, planWaits, linesUnserved, lineRate, lineRateAt));
    }

    private static Map<String, String> texts(JsonObject json) {
        Map<String, String> texts = new LinkedHashMap<>();
        json.forEach(entry -> texts.put(entry.getKey(), String.valueOf(entry.getValue())));
        return texts;
    }
}
