package dev.longhaul.dispatcher.dispatch;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads how long a backend asks us to wait: {@code retry-after-ms}, or {@code Retry-After} in seconds or as a date (RFC 9110, 10.2.3).
 * Each is read alone: one that cannot be read does not hide the other.
 */
final class RetryAfter {
    /** Nobody is waited for longer on his word. */
    static final long MOST_MILLIS = TimeUnit.HOURS.toMillis(1);

    private static final long NOT_SAID = -1;

    private RetryAfter() {}

    /** In milliseconds, an hour at most; -1 when it does not say, or says nonsense. */
    static long millis(@Nullable String retryAfter, @Nullable String retryAfterMillis) {
        long millis = retryAfterMillis == null ? NOT_SAID : number(retryAfterMillis, 1);
        if (millis == NOT_SAID && retryAfter != null) {
            millis = seconds(retryAfter);
        }
        return Math.min(millis, MOST_MILLIS);
    }

    private static long seconds(String value) {
        long millis = number(value, 1000);
        if (millis != NOT_SAID) {
            return millis;
        }
        try {
            Instant until = ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Math.max(0, until.toEpochMilli() - System.currentTimeMillis());
        } catch (DateTimeParseException e) {
            return NOT_SAID;
        }
    }

    private static long number(String value, int unit) {
        try {
            double parsed = Double.parseDouble(value.strip());
            return parsed >= 0 && parsed < 1e9 ? (long) (parsed * unit) : NOT_SAID;
        } catch (NumberFormatException e) {
            return NOT_SAID;
        }
    }
}
