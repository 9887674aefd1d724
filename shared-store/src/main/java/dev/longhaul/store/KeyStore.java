package dev.longhaul.store;

import dev.longhaul.model.Ids;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * API keys, of which only SHA-256 hashes are known. A {@code tenantId} that is null stands for all tenants: only the operator's
 * callers may pass it. Methods block and throw {@link StoreException}s.
 */
@ApplicationScoped
public class KeyStore {
    /** The key that the configuration gives the default tenant. */
    public static final String ADMIN_KEY_ID = "key-admin";

    private static final String OPERATION = "api_key";
    private static final String OF_TENANT = " ($1::text is null or tenant_id = $1) ";

    private final Database database;
    private final TenantStore tenants;

    public KeyStore(Database database, TenantStore tenants) {
        this.database = database;
        this.tenants = tenants;
    }

    /**
     * A key to be.
     *
     * @param tenantId is created with its first key
     * @param expiresAfter null for never
     */
    public record NewKey(
            String tenantId,
            String name,
            byte[] sha256,
            String hint,
            List<String> scopes,
            @Nullable Duration expiresAfter) {}

    /**
     * A new key, or the one that an earlier request with the same idempotency key made.
     *
     * @param isNew false for the earlier one, whose secret is not {@code sha256}'s
     */
    public record Created(ApiKey key, boolean isNew) {}

    /** The key of a hash that is valid now. */
    public Optional<ApiKey> valid(byte[] sha256) {
        return first(database.run("""
                select * from api_key
                where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())""", Buffer.buffer(sha256)));
    }

    /**
     * Creates a key, and its tenant if there is none of that id.
     *
     * @param callerTenantId whose the idempotency key is
     * @throws Idempotency.ConflictException if the idempotency key was used for another request
     */
    public Created create(String callerTenantId, NewKey key, @Nullable Idempotency idempotency) {
        String id = Ids.newId("key-", InstantSource.system().millis());
        Duration expiresAfter = key.expiresAfter();
        return database.inTransaction(transaction -> {
            Optional<String> before = idempotency == null
                    ? Optional.empty()
                    : idempotency.take(transaction, callerTenantId, OPERATION, id);
            if (before.isPresent()) {
                RowSet<Row> rows = transaction.run("select * from api_key where id = $1", before.get());
                return new Created(key(rows.iterator().next()), false);
            }
            tenants.ensure(transaction, key.tenantId());
            RowSet<Row> rows = transaction.run(
                    """
                    insert into api_key (id, tenant_id, name, hash, hint, scopes, expires_at)
                    values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7)) returning *""",
                    id,
                    key.tenantId(),
                    key.name(),
                    Buffer.buffer(key.sha256()),
                    key.hint(),
                    key.scopes().toArray(String[]::new),
                    expiresAfter == null ? null : (double) expiresAfter.toSeconds());
            return new Created(key(rows.iterator().next()), true);
        });
    }

    /** A key that is not revoked. */
    public Optional<ApiKey> find(@Nullable String tenantId, String id) {
        return first(database.run(
                "select * from api_key where" + OF_TENANT + "and id = $2 and revoked_at is null", tenantId, id));
    }

    /**
     * Keys that are not revoked, newest first.
     *
     * @param after the id of the key before the first one wanted; it may have been revoked since
     * @return empty when there never was a key of the id {@code after}
     */
    public Optional<Page<ApiKey>> list(@Nullable String tenantId, @Nullable String after, int limit) {
        RowSet<Row> rows;
        if (after == null) {
            rows = database.run("select * from api_key where" + OF_TENANT + """
                    and revoked_at is null order by created_at desc, id desc limit $2""", tenantId, limit + 1);
        } else {
            Optional<ApiKey> last =
                    first(database.run("select * from api_key where" + OF_TENANT + "and id = $2", tenantId, after));
            if (last.isEmpty()) {
                return Optional.empty();
            }
            rows = database.run(
                    "select * from api_key where" + OF_TENANT + """
                    and revoked_at is null and (created_at, id) < ($3, $4)
                    order by created_at desc, id desc limit $2""",
                    tenantId,
                    limit + 1,
                    Rows.time(last.get().createdAt()),
                    after);
        }
        List<ApiKey> keys = new ArrayList<>();
        rows.forEach(row -> keys.add(key(row)));
        return Optional.of(Page.cut(keys, limit, key -> key));
    }

    /** Revokes a key; false when there is none to revoke. */
    public boolean revoke(@Nullable String tenantId, String id) {
        return database.run(
                                "update api_key set revoked_at = now() where" + OF_TENANT
                                        + "and id = $2 and revoked_at is null returning id",
                                tenantId,
                                id)
                        .size()
                == 1;
    }

    /**
     * Makes a key the default tenant's admin key, in place of the one before.
     *
     * @param hint a few characters of the key, to tell it by
     */
    public void setAdminKey(byte[] sha256, String hint) {
        database.run("""
                insert into api_key (id, tenant_id, name, hash, hint, scopes) values ($1, $2, 'admin', $3, $4, '{admin}')
                on conflict (id) do update set hash = excluded.hash, hint = excluded.hint""", ADMIN_KEY_ID, TenantStore.DEFAULT_TENANT, Buffer.buffer(sha256), hint);
    }

    private static Optional<ApiKey> first(RowSet<Row> rows) {
        return rows.size() == 0
                ? Optional.empty()
                : Optional.of(key(rows.iterator().next()));
    }

    private static ApiKey key(Row row) {
        return new ApiKey(
                row.getString("id"),
                row.getString("tenant_id"),
                row.getString("name"),
                row.getString("hint"),
                Arrays.asList(row.getArrayOfStrings("scopes")),
                Rows.time(row, "created_at"),
                Rows.timeOrNull(row, "expires_at"));
    }
}
