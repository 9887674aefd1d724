package dev.longhaul.store;

import dev.longhaul.model.Ids;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.InstantSource;

/** Tenants. Methods block and throw {@link StoreException}s. */
@ApplicationScoped
public class TenantStore {
    /** The tenant of the first admin key, and of everybody when keys are not asked for. */
    public static final String DEFAULT_TENANT = "default";

    private final Database database;

    public TenantStore(Database database) {
        this.database = database;
    }

    /** Makes sure that the default tenant and its default job are there; several processes may do so at once. */
    public void ensureDefaultTenant() {
        database.inTransaction(transaction -> {
            ensure(transaction, DEFAULT_TENANT);
            return true;
        });
    }

    /** Makes sure that a tenant and its default job are there. */
    void ensure(Database.Transaction transaction, String tenantId) {
        transaction.run("insert into tenant (id, name) values ($1, $1) on conflict do nothing", tenantId);
        transaction.run(
                "insert into job (tenant_id, id, name, is_default) values ($1, $2, 'default', true) on conflict do nothing",
                tenantId,
                Ids.newId("job-", InstantSource.system().millis()));
    }
}
