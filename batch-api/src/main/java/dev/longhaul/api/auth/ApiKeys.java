package dev.longhaul.api.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.longhaul.api.http.Digests;
import dev.longhaul.store.TenantStore;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Finds the tenant of a key. What PostgreSQL said holds for a few seconds, so a revoked key works that long at most. */
@ApplicationScoped
public class ApiKeys {
    private static final Duration HOLDS = Duration.ofSeconds(5);
    private static final int MOST_KEYS = 10_000;

    private final TenantStore tenants;
    private final AuthConfig config;
    private final Cache<ByteBuffer, Optional<String>> known =
            Caffeine.newBuilder().expireAfterWrite(HOLDS).maximumSize(MOST_KEYS).build();

    ApiKeys(TenantStore tenants, AuthConfig config) {
        this.tenants = tenants;
        this.config = config;
        config.adminKey().ifPresent(ApiKeys::check);
    }

    private static void check(String adminKey) {
        if (!adminKey.matches("sk-[\\x21-\\x7e]{5,200}")) {
            throw new IllegalArgumentException(
                    "LONGHAUL_ADMIN_KEY: must be 'sk-' and 5 to 200 further characters, without spaces");
        }
    }

    /** The tenant of a key that is valid now. */
    Optional<String> tenantOf(String key) {
        byte[] hash = Digests.sha256(key.getBytes(StandardCharsets.UTF_8));
        Optional<String> tenant = known.getIfPresent(ByteBuffer.wrap(hash));
        if (tenant == null) {
            tenant = tenants.tenantOfKey(hash);
            known.put(ByteBuffer.wrap(hash), tenant);
        }
        return tenant;
    }

    /** Writes the default tenant and the admin key from the configuration to PostgreSQL; may be repeated. */
    public void writeFirst() {
        tenants.ensureDefaultTenant();
        config.adminKey()
                .ifPresent(key -> tenants.setAdminKey(Digests.sha256(key.getBytes(StandardCharsets.UTF_8)), hint(key)));
    }

    /** A key as it may be shown: its beginning and its end. */
    static String hint(String key) {
        return key.length() < 16 ? "***" : key.substring(0, 8) + "***" + key.substring(key.length() - 4);
    }
}
