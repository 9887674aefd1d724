package dev.longhaul.api.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.longhaul.api.http.Digests;
import dev.longhaul.store.ApiKey;
import dev.longhaul.store.KeyStore;
import dev.longhaul.store.TenantStore;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Finds the tenant of a key. What PostgreSQL said holds for a few seconds, so a revoked key works that long at most. */
@ApplicationScoped
public class ApiKeys {
    private static final Duration HOLDS = Duration.ofSeconds(5);
    private static final int MOST_KEYS = 10_000;

    private final KeyStore keys;
    private final TenantStore tenants;
    private final AuthConfig config;
    private final Cache<ByteBuffer, Optional<Access>> known =
            Caffeine.newBuilder().expireAfterWrite(HOLDS).maximumSize(MOST_KEYS).build();

    ApiKeys(KeyStore keys, TenantStore tenants, AuthConfig config) {
        this.keys = keys;
        this.tenants = tenants;
        this.config = config;
        config.adminKey().ifPresent(ApiKeys::check);
    }

    /** Whom a key belongs to, and what it allows. */
    record Access(String tenantId, Set<Scope> scopes) {
        Access {
            scopes = Set.copyOf(scopes);
        }

        static Access of(ApiKey key) {
            Set<Scope> scopes = EnumSet.noneOf(Scope.class);
            key.scopes().forEach(scope -> Scope.ofWireName(scope).ifPresent(scopes::add));
            return new Access(key.tenantId(), scopes);
        }
    }

    private static void check(String adminKey) {
        if (!adminKey.matches("sk-[\\x21-\\x7e]{5,200}")) {
            throw new IllegalArgumentException(
                    "LONGHAUL_ADMIN_KEY: must be 'sk-' and 5 to 200 further characters, without spaces");
        }
    }

    /** What a key that is valid now gives access to. */
    Optional<Access> accessOf(String key) {
        byte[] hash = hash(key);
        Optional<Access> access = known.getIfPresent(ByteBuffer.wrap(hash));
        if (access == null) {
            access = keys.valid(hash).map(Access::of);
            known.put(ByteBuffer.wrap(hash), access);
        }
        return access;
    }

    /** Forgets what is known of keys, so that a change counts at once in this process. */
    public void forget() {
        known.invalidateAll();
    }

    /** Writes the default tenant and the admin key from the configuration to PostgreSQL; may be repeated. */
    public void writeFirst() {
        tenants.ensureDefaultTenant();
        config.adminKey().ifPresent(key -> keys.setAdminKey(hash(key), hint(key)));
    }

    /** What is kept of a key. */
    public static byte[] hash(String key) {
        return Digests.sha256(key.getBytes(StandardCharsets.UTF_8));
    }

    /** A key as it may be shown: its beginning and its end. */
    public static String hint(String key) {
        return key.length() < 16 ? "***" : key.substring(0, 8) + "***" + key.substring(key.length() - 4);
    }
}
