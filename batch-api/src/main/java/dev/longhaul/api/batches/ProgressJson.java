package dev.longhaul.api.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.store.Batch;
import dev.longhaul.store.BatchProgress;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How far a batch is, beside the standard keys. */
@Schema(name = "Progress")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.ALWAYS)
record ProgressJson(
        double linesPerSecond,

        @Schema(description = "Null while nothing moves.") @Nullable
        Long estimatedEndAt,

        long inputTokens,
        long outputTokens,
        WaitingJson waiting,

        @Schema(minimum = "0", maximum = "1", description = "How much of its input file is read.") @Nullable
        Double plannedShare) {
    private static final double HUNDREDTHS = 100;

    /** Lines that no call has been started for, by what they wait for; and what a batch waits for that is not planned. */
    @Schema(name = "Waiting")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record WaitingJson(
            long queue,
            long backendDown,
            long rateLimited,
            long keyRefused,
            long paused,

            @Schema(
                    enumeration = {"models", "input", "store", "error"},
                    description =
                            "Why the input file is not validated yet: a backend has not named its models, the file "
                                    + "cannot be read, storage is unavailable, or validation failed unexpectedly. Otherwise null.")
            @Nullable
            String plan) {}

    static ProgressJson of(Batch batch, BatchProgress progress) {
        BatchProgress.Waiting waiting = progress.waiting();
        Instant end = progress.estimatedEndAt();
        return new ProgressJson(
                Math.round(progress.linesPerSecond() * HUNDREDTHS) / HUNDREDTHS,
                end == null ? null : end.getEpochSecond(),
                batch.usage().inputTokens(),
                batch.usage().outputTokens(),
                new WaitingJson(
                        waiting.queue(),
                        waiting.backendDown(),
                        waiting.rateLimited(),
                        waiting.keyRefused(),
                        waiting.paused(),
                        batch.status() == BatchStatus.VALIDATING ? batch.pace().planWaits() : null),
                progress.plannedShare());
    }
}
