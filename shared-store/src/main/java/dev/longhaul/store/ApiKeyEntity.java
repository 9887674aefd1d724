package dev.longhaul.store;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "api_key")
@SuppressWarnings("NullAway.Init")
class ApiKeyEntity {
    @Id
    String id;

    String tenantId;
    String name;
    byte[] hash;
    String hint;

    @Nullable
    Instant expiresAt;

    @Nullable
    Instant revokedAt;
}
