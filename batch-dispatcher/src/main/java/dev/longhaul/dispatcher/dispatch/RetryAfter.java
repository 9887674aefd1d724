package dev.longhaul.dispatcher.dispatch;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Reads how long a backend asks us to wait: {@code retry-after-ms}, or {@code Retry-After} in seconds or as a date (RFC 9110, 10.2.3). */
final class RetryAfter {
    private RetryAfter() {}

    /** In milliseconds; -1 when it does not say, or says nonsense. */
    static long millis(@Nullable String retryAfter, @Nullable String retryAfterMillis) {
        return retryAfterMillis != null ? number(retryAfterMillis, 1) : retryAfter == null ? -1 : seconds(retryAfter);
    }

    private static long seconds(String value) {
        long millis = number(value, 1000);
        if (millis >= 0) {
            return millis;
        }
        try {
            Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Math.max(0, until.toEpochMilli() - System.currentTimeMillis());
        } catch (DateTimeParseException e) {
            return -1;
        }
    }

    private static long number(String value, int unit) {
        try {
            double parsed = Double.parseDouble(value.strip());
            return parsed >= 0 && parsed < 1e9 ? (long) (parsed * unit) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
