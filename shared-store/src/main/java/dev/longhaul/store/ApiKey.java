package dev.longhaul.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key that is not revoked. The secret itself is known to nobody but its holder.
 *
 * @param hint a few characters of the secret, to tell it by
 * @param scopes what it allows, by their wire names
 * @param expiresAt null for never
 */
public record ApiKey(
        String id,
        String tenantId,
        String name,
        String hint,
        List<String> scopes,
        Instant createdAt,
        @Nullable Instant expiresAt) {
    public ApiKey {
        scopes = List.copyOf(scopes);
    }
}
