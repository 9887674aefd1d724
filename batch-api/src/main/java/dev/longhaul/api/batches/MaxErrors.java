package dev.longhaul.api.batches;

import dev.longhaul.api.errors.ApiException;
import dev.longhaul.api.http.JsonFields;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How many lines may fail before a batch stops itself: a whole number of lines, or a share of them. */
final class MaxErrors {
    private static final String NAME = "max_errors";
    private static final int LONGEST = 32;
    private static final Pattern COUNT = Pattern.compile("[0-9]{1,12}");
    private static final Pattern SHARE = Pattern.compile("0?\\.[0-9]{1,20}");
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?)\\s*%");
    private static final BigDecimal ALL = BigDecimal.valueOf(100);

    private MaxErrors() {}

    /** As it is kept and shown: {@code 10} or {@code 5%}; null when the request does not say. */
    static @Nullable String read(JsonFields fields) {
        return fields.numberOrText(NAME, LONGEST).map(MaxErrors::parse).orElse(null);
    }

    static String parse(String text) {
        if (COUNT.matcher(text).matches()) {
            return String.valueOf(Long.parseLong(text));
        }
        if (SHARE.matcher(text).matches()) {
            return percent(new BigDecimal(text).multiply(ALL));
        }
        Matcher percent = PERCENT.matcher(text);
        if (percent.matches()) {
            BigDecimal share = new BigDecimal(percent.group(1));
            if (share.compareTo(ALL) <= 0) {
                return percent(share);
            }
        }
        throw ApiException.invalidValue(
                NAME,
                "Invalid value for '" + NAME + "': '" + text
                        + "'. Expected a whole number of lines, a share from 0.0 to below 1, or a percentage such as '5%'.");
    }

    private static String percent(BigDecimal share) {
        return share.stripTrailingZeros().toPlainString() + "%";
    }
}
