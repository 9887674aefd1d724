package dev.longhaul.store;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.Optional;

/**
 * A client's word that a request with this key is one and the same however often it comes, for 24 hours.
 *
 * @param requestSha256 SHA-256 of what was asked
 */
public record Idempotency(String key, byte[] requestSha256) {
    private static final String KNOWN = """
            from idempotency_key where tenant_id = $1 and operation = $2 and key = $3
              and created_at >= now() - interval '24 hours'""";
    private static final String FIRST = "select resource_id, request_sha256 = $4 as same " + KNOWN;
    private static final String IS_TAKEN = "select 1 " + KNOWN;

    /** The key was used for another request. */
    public static final class ConflictException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String key;

        ConflictException(String key) {
            super("idempotency key '" + key + "' was used for another request");
            this.key = key;
        }

        /** The key. */
        public String key() {
            return key;
        }
    }

    /**
     * Takes the key for a resource, in the transaction that creates it. A concurrent request with the same key waits here until
     * this transaction has ended.
     *
     * @return the id of the resource that an earlier request with the key made; empty when the key is ours now
     * @throws ConflictException if the earlier request was another one
     */
    Optional<String> take(Database.Transaction transaction, String tenantId, String operation, String resourceId) {
        RowSet<Row> taken = transaction.run("""
                insert into idempotency_key as k (tenant_id, operation, key, request_sha256, resource_id)
                values ($1, $2, $3, $4, $5)
                on conflict (tenant_id, operation, key) do update
                  set request_sha256 = excluded.request_sha256, resource_id = excluded.resource_id, created_at = now()
                  where k.created_at < now() - interval '24 hours'
                returning key""", tenantId, operation, key, Buffer.buffer(requestSha256), resourceId);
        if (taken.size() > 0) {
            return Optional.empty();
        }
        return Optional.of(first(transaction.run(FIRST, tenantId, operation, key, Buffer.buffer(requestSha256)))
                .orElseThrow());
    }

    /**
     * Looks for an earlier request with the key, without taking it.
     *
     * @return the id of the resource that it made; empty when there was none, or it has not ended
     * @throws ConflictException if it was another request
     */
    Optional<String> find(Database database, String tenantId, String operation) {
        return first(database.run(FIRST, tenantId, operation, key, Buffer.buffer(requestSha256)));
    }

    private Optional<String> first(RowSet<Row> rows) {
        if (rows.size() == 0) {
            return Optional.empty();
        }
        Row first = rows.iterator().next();
        if (!first.getBoolean("same")) {
            throw new ConflictException(key);
        }
        return Optional.of(first.getString("resource_id"));
    }

    /** Whether an earlier request used the key, whatever it asked for. */
    static boolean isTaken(Database database, String tenantId, String operation, String key) {
        return database.run(IS_TAKEN, tenantId, operation, key).size() > 0;
    }
}
