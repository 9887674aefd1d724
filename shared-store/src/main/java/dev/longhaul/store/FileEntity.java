package dev.longhaul.store;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "file")
@SuppressWarnings("NullAway.Init")
class FileEntity {
    @Id
    String id;

    String tenantId;
    String filename;
    String purpose;
    long bytes;
    String state;

    @Column(insertable = false, updatable = false)
    Instant createdAt;

    @Nullable
    Instant expiresAt;

    StoredFile toFile() {
        return new StoredFile(id, tenantId, filename, purpose, bytes, createdAt, expiresAt);
    }
}
