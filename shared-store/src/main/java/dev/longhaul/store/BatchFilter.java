package dev.longhaul.store;

import dev.longhaul.model.BatchStatus;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which of a tenant's batches are meant; null or empty for all.
 *
 * @param createdFrom included
 * @param createdBefore excluded
 * @param metadata pairs that a batch must have, all of them
 */
public record BatchFilter(
        @Nullable BatchStatus status,
        @Nullable String jobId,
        @Nullable Instant createdFrom,
        @Nullable Instant createdBefore,
        Map<String, String> metadata) {
    /** All batches. */
    public static final BatchFilter NONE = new BatchFilter(null, null, null, null, Map.of());

    public BatchFilter {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }
}
