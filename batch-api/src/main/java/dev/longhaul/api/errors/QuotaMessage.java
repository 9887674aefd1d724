package dev.longhaul.api.errors;

import dev.longhaul.store.Quota;
import dev.longhaul.store.QuotaExceededException;

/** Says which limit was met, how much is used, and when to try again. */
final class QuotaMessage {
    /** Nobody knows when a batch ends; those who ask so often cost little. */
    static final int UNTIL_BATCHES_END_SECONDS = 30;

    private QuotaMessage() {}

    static String of(QuotaExceededException e) {
        return "Rate limit reached for " + e.quota().words() + ". Limit: " + e.limit() + ", in use: " + e.used() + ". "
                + whenToRetry(e.quota(), e);
    }

    private static String whenToRetry(Quota quota, QuotaExceededException e) {
        return switch (quota) {
            case FILES, BYTES -> "Please delete files that you no longer need.";
            case BATCHES, LINES -> "Please try again once some of your batches have ended.";
            case BATCHES_AN_HOUR -> "Please try again in " + e.retryAfterSeconds() + " s.";
        };
    }
}
