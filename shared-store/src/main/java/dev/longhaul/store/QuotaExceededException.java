package dev.longhaul.store;

import org.jspecify.annotations.Nullable;

/** The tenant has, or would have, more of something than it may; nothing was changed. */
public final class QuotaExceededException extends StoreException {
    private static final long serialVersionUID = 1L;
    private final Quota quota;
    private final long limit;
    private final long used;
    private final @Nullable Long retryAfterSeconds;

    QuotaExceededException(Quota quota, long limit, long used, @Nullable Long retryAfterSeconds) {
        super("quota " + quota + ": limit " + limit + ", used " + used);
        this.quota = quota;
        this.limit = limit;
        this.used = used;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** What there is too much of. */
    public Quota quota() {
        return quota;
    }

    /** How much the tenant may have. */
    public long limit() {
        return limit;
    }

    /** How much it has, without what was asked for. */
    public long used() {
        return used;
    }

    /** When time alone will have mended it; null when that needs something else. */
    public @Nullable Long retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
