package dev.longhaul.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A file that can be read: an upload or a batch's results. */
public record StoredFile(
        String id,
        String tenantId,
        String filename,
        String purpose,
        long bytes,
        Instant createdAt,
        @Nullable Instant expiresAt) {}
