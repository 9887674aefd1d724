package dev.longhaul.store;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What batches of a kind share.
 *
 * @param isDefault whether it is the job of batches that name none
 * @param terms what it says of its batches
 * @param createdAt on PostgreSQL's clock
 */
public record Job(String id, boolean isDefault, Terms terms, Instant createdAt) {
    /**
     * What a job says of its batches; null for nothing.
     *
     * @param endpoint the only one they may have
     * @param model the only one their lines may name
     * @param completionWindow as the tenant wrote it, for batches that name none
     * @param window how long that is; null for no end
     * @param priority the higher the more urgent
     * @param singleModel whether all lines of a batch must name the same model
     * @param maxLines of one batch, at least 1
     */
    public record Terms(
            @Nullable String name,
            @Nullable String endpoint,
            @Nullable String model,
            @Nullable String completionWindow,
            @Nullable Duration window,
            int priority,
            boolean singleModel,
            @Nullable Long maxLines) {}
}
