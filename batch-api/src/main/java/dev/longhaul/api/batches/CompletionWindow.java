package dev.longhaul.api.batches;

import dev.longhaul.api.errors.ApiException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long a batch may take.
 *
 * @param text as the tenant wrote it
 * @param length null for no end
 */
public record CompletionWindow(String text, @Nullable Duration length) {
    static final String USUAL = "24h";
    private static final String UNLIMITED = "unlimited";
    private static final Pattern SPAN = Pattern.compile("([0-9]{1,9})([smhd])");
    private static final Duration SHORTEST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofDays(365);

    /** Reads what a tenant wrote; refuses by name what is no window. */
    public static CompletionWindow parse(String text) {
        if (text.equals(UNLIMITED)) {
            return new CompletionWindow(text, null);
        }
        Matcher span = SPAN.matcher(text);
        if (span.matches()) {
            Duration length = length(Long.parseLong(span.group(1)), span.group(2));
            if (length.compareTo(SHORTEST) >= 0 && length.compareTo(LONGEST) <= 0) {
                return new CompletionWindow(text, length);
            }
        }
        throw ApiException.invalidValue(
                "completion_window",
                "Invalid value for 'completion_window': '" + text
                        + "'. Expected a number and one of s, m, h, d, from '10s' to '365d', or 'unlimited'.");
    }

    private static Duration length(long number, String unit) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }
}
