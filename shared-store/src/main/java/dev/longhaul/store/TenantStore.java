package dev.longhaul.store;

import dev.longhaul.model.Ids;
import io.vertx.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;
import java.util.Optional;

/** Tenants and their API keys, of which only SHA-256 hashes are known. Methods block and throw {@link StoreException}s. */
@ApplicationScoped
public class TenantStore {
    /** The tenant of the first admin key, and of everybody when keys are not asked for. */
    public static final String DEFAULT_TENANT = "default";

    private static final String ADMIN_KEY_ID = "key-admin";

    private final Sessions sessions;
    private final Database database;

    public TenantStore(Sessions sessions, Database database) {
        this.sessions = sessions;
        this.database = database;
    }

    /** The tenant whom a key belongs to, if it is valid now. */
    public Optional<String> tenantOfKey(byte[] sha256) {
        return sessions
                .read(session -> session.createQuery(
                                "select k.tenantId from ApiKeyEntity k where k.hash = ?1 and k.revokedAt is null"
                                        + " and (k.expiresAt is null or k.expiresAt > instant)",
                                String.class)
                        .setParameter(1, sha256)
                        .getResultList())
                .stream()
                .findFirst();
    }

    /** Makes sure that the default tenant and its default job are there; several processes may do so at once. */
    public void ensureDefaultTenant() {
        database.inTransaction(transaction -> {
            transaction.run("insert into tenant (id, name) values ($1, $1) on conflict do nothing", DEFAULT_TENANT);
            return transaction.run(
                    "insert into job (tenant_id, id, name, is_default) values ($1, $2, 'default', true) on conflict do nothing",
                    DEFAULT_TENANT,
                    Ids.newId("job-", InstantSource.system().millis()));
        });
    }

    /**
     * Makes a key the default tenant's admin key, in place of the one before.
     *
     * @param hint a few characters of the key, to tell it by
     */
    public void setAdminKey(byte[] sha256, String hint) {
        database.run("""
                insert into api_key (id, tenant_id, name, hash, hint, scopes) values ($1, $2, 'admin', $3, $4, '{admin}')
                on conflict (id) do update set hash = excluded.hash, hint = excluded.hint""", ADMIN_KEY_ID, DEFAULT_TENANT, Buffer.buffer(sha256), hint);
    }
}
