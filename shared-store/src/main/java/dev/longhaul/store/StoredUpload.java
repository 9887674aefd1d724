package dev.longhaul.store;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An upload in parts as it is now.
 *
 * @param fileId of the file that it becomes
 * @param bytes that its parts must have together
 * @param fileLifetime how long its file will live; null for ever
 * @param status one past its time is {@link Status#EXPIRED} even before anybody has noted it
 * @param completedWith SHA-256 of the request that completed it; null unless completed
 */
public record StoredUpload(
        String id,
        String tenantId,
        String fileId,
        String filename,
        String purpose,
        long bytes,
        @Nullable Duration fileLifetime,
        Status status,
        Instant createdAt,
        Instant expiresAt,
        byte @Nullable [] completedWith) {

    /** Where an upload stands; all but the first are final. */
    public enum Status {
        PENDING,
        COMPLETED,
        CANCELLED,
        EXPIRED;

        /** As clients see it. */
        public String wireName() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** The upload as it was when it was created. */
    public StoredUpload asCreated() {
        return new StoredUpload(
                id,
                tenantId,
                fileId,
                filename,
                purpose,
                bytes,
                fileLifetime,
                Status.PENDING,
                createdAt,
                expiresAt,
                null);
    }
}
