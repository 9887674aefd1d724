package dev.longhaul.store;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What tenants may have, and have. A check runs in the transaction that adds something, after it was added, under a lock on the
 * tenant's row: of two that add at once the second sees what the first added. A tenant without limits takes no lock and counts
 * nothing. Methods block and throw {@link StoreException}s.
 */
@ApplicationScoped
public class Quotas {
    private static final String STORED = """
            select coalesce(sum(files), 0)::bigint as files, coalesce(sum(bytes), 0)::bigint as bytes
            from file_usage where tenant_id = $1""";

    private static final String ENQUEUED = """
            select count(*) as batches, coalesce(sum(lines_total), 0)::bigint as lines from batch
            where tenant_id = $1 and status in ('validating', 'in_progress', 'finalizing', 'cancelling')""";

    /** Two indexes, each in order of time. */
    private static final String LAST_HOUR = " " + """
            from (
              select created_at from batch
              where tenant_id = $1 and deleted_at is null and created_at > now() - interval '1 hour'
              union all
              select created_at from batch
              where tenant_id = $1 and deleted_at is not null and created_at > now() - interval '1 hour') b""";

    private static final String LAST_HOUR_FROM_THE_NEWEST =
            """
            select greatest(1, ceil(extract(epoch from created_at + interval '1 hour' - now())))::bigint as seconds""" + LAST_HOUR + " order by created_at desc offset $2 limit 1";

    /** From the newest on as many as may be: the one behind them has to be older than an hour, or it says when it will be. */
    private static final String ENQUEUED_AND_ONE_TOO_MANY =
            "select e.*, (" + LAST_HOUR_FROM_THE_NEWEST + ") as seconds from (" + ENQUEUED + ") e";

    private static final String LOCK = "select 1 from tenant where id = $1 for no key update";

    /** 2.5 TB, a TB being 2^40 bytes. */
    private static final long OPENAI_BYTES = 5L << 39;

    private static final long OPENAI_BATCHES_AN_HOUR = 2_000;

    private final Database database;
    private final Map<Quota, Long> usual;

    public Quotas(Database database, QuotasConfig config, LimitsConfig limits) {
        this.database = database;
        this.usual = usual(config, limits.profile());
    }

    /**
     * The limits of a tenant that has none of its own.
     *
     * @throws IllegalArgumentException if one is out of bounds; the message names it
     */
    public static Map<Quota, Long> usual(QuotasConfig config, LimitsConfig.Profile profile) {
        Map<Quota, Long> usual = new EnumMap<>(Quota.class);
        for (Quota quota : Quota.values()) {
            usual.put(quota, Quota.UNLIMITED);
        }
        if (profile == LimitsConfig.Profile.OPENAI) {
            usual.put(Quota.BYTES, OPENAI_BYTES);
            usual.put(Quota.BATCHES_AN_HOUR, OPENAI_BATCHES_AN_HOUR);
        }
        config.files().ifPresent(limit -> usual.put(Quota.FILES, limit));
        config.bytes().ifPresent(limit -> usual.put(Quota.BYTES, limit.asLongValue()));
        config.enqueuedBatches().ifPresent(limit -> usual.put(Quota.BATCHES, limit));
        config.enqueuedLines().ifPresent(limit -> usual.put(Quota.LINES, limit));
        config.batchesPerHour().ifPresent(limit -> usual.put(Quota.BATCHES_AN_HOUR, limit));
        usual.forEach((quota, limit) -> {
            if (limit < 0) {
                throw new IllegalArgumentException("longhaul.quotas: " + quota.words() + " must not be negative");
            }
        });
        return usual;
    }

    /**
     * A tenant's limit and use of each quota.
     *
     * @param limit {@link Quota#UNLIMITED} for none
     */
    public record Standing(long limit, long used) {}

    /** How a tenant stands; empty when there is no such tenant. */
    public Optional<Map<Quota, Standing>> standing(String tenantId) {
        RowSet<Row> tenant = database.run("select * from tenant where id = $1", tenantId);
        if (tenant.size() == 0) {
            return Optional.empty();
        }
        Row stored = only(database.run(STORED, tenantId));
        Row enqueued = only(database.run(ENQUEUED, tenantId));
        long created =
                only(database.run("select count(*) as n" + LAST_HOUR, tenantId)).getLong("n");
        Map<Quota, Standing> standing = new EnumMap<>(Quota.class);
        for (Quota quota : Quota.values()) {
            long used = switch (quota) {
                case FILES -> stored.getLong("files");
                case BYTES -> stored.getLong("bytes");
                case BATCHES -> enqueued.getLong("batches");
                case LINES -> enqueued.getLong("lines");
                case BATCHES_AN_HOUR -> created;
            };
            standing.put(quota, new Standing(limit(quota, only(tenant)), used));
        }
        return Optional.of(standing);
    }

    /**
     * Gives a tenant limits of its own.
     *
     * @param limits those that change; null for the configuration's, {@link Quota#UNLIMITED} for none
     * @return false when there is no such tenant
     */
    public boolean set(String tenantId, Map<Quota, @Nullable Long> limits) {
        return database.inTransaction(transaction -> {
            boolean isThere = transaction
                            .run("select from tenant where id = $1 for no key update", tenantId)
                            .size()
                    == 1;
            if (isThere) {
                limits.forEach((quota, limit) -> transaction.run(
                        "update tenant set " + quota.column() + " = $2 where id = $1", tenantId, limit));
            }
            return isThere;
        });
    }

    /** The lines that a tenant may have in open batches when its row says nothing. */
    long usualLines() {
        return usual(Quota.LINES);
    }

    /**
     * Refuses a batch that was inserted in this transaction if it is one too many.
     *
     * @param tenant the tenant's row, read without a lock
     */
    void admitBatch(Database.Transaction transaction, String tenantId, Row tenant) {
        if (isUnlimited(tenant, Quota.BATCHES)
                && isUnlimited(tenant, Quota.LINES)
                && isUnlimited(tenant, Quota.BATCHES_AN_HOUR)) {
            return;
        }
        long anHour = limit(Quota.BATCHES_AN_HOUR, tenant);
        lock(transaction, tenantId);
        Row enqueued = only(
                anHour == Quota.UNLIMITED
                        ? transaction.run(ENQUEUED, tenantId)
                        : transaction.run(ENQUEUED_AND_ONE_TOO_MANY, tenantId, anHour));
        refuse(Quota.BATCHES, limit(Quota.BATCHES, tenant), enqueued.getLong("batches") - 1, 1);
        refuse(Quota.LINES, limit(Quota.LINES, tenant), enqueued.getLong("lines"), 1);
        Long seconds = anHour == Quota.UNLIMITED ? null : enqueued.getLong("seconds");
        if (seconds != null) {
            long created = only(transaction.run("select count(*) as n" + LAST_HOUR, tenantId))
                    .getLong("n");
            throw new QuotaExceededException(Quota.BATCHES_AN_HOUR, anHour, created - 1, seconds);
        }
    }

    /**
     * Refuses a file that was inserted in this transaction if it is one, or some bytes, too many.
     *
     * @param tenant its limits of files and bytes, read without a lock
     */
    void admitFile(Database.Transaction transaction, String tenantId, long bytes, Row tenant) {
        if (!isUnlimited(tenant, Quota.FILES) || !isUnlimited(tenant, Quota.BYTES)) {
            lock(transaction, tenantId);
            Row stored = only(transaction.run(STORED, tenantId));
            refuse(Quota.FILES, limit(Quota.FILES, tenant), stored.getLong("files") - 1, 1);
            refuse(Quota.BYTES, limit(Quota.BYTES, tenant), stored.getLong("bytes") - bytes, bytes);
        }
    }

    /**
     * Refuses an upload before its bytes come, if there is no room even for one byte. A repeat needs none, for it is answered by what
     * the first request made; so its key is looked up, after the look at the room, which the first may have taken meanwhile.
     */
    void checkRoomForFile(String tenantId, String operation, @Nullable String idempotencyKey) {
        try {
            checkRoomForFile(tenantId);
        } catch (QuotaExceededException e) {
            if (idempotencyKey == null || !Idempotency.isTaken(database, tenantId, operation, idempotencyKey)) {
                throw e;
            }
        }
    }

    private void checkRoomForFile(String tenantId) {
        Row tenant = only(database.run("select * from tenant where id = $1", tenantId));
        if (!isUnlimited(tenant, Quota.FILES) || !isUnlimited(tenant, Quota.BYTES)) {
            Row stored = only(database.run(STORED, tenantId));
            refuse(Quota.FILES, limit(Quota.FILES, tenant), stored.getLong("files"), 1);
            refuse(Quota.BYTES, limit(Quota.BYTES, tenant), stored.getLong("bytes"), 1);
        }
    }

    private static void lock(Database.Transaction transaction, String tenantId) {
        transaction.run(LOCK, tenantId);
    }

    private static void refuse(Quota quota, long limit, long used, long more) {
        if (limit != Quota.UNLIMITED && used + more > limit) {
            throw new QuotaExceededException(quota, limit, used, null);
        }
    }

    private boolean isUnlimited(Row tenant, Quota quota) {
        return limit(quota, tenant) == Quota.UNLIMITED;
    }

    private long limit(Quota quota, Row tenant) {
        Long own = tenant.getLong(quota.column());
        return own == null ? usual(quota) : own;
    }

    private long usual(Quota quota) {
        return usual.getOrDefault(quota, Quota.UNLIMITED);
    }

    private static Row only(RowSet<Row> rows) {
        return rows.iterator().next();
    }
}
