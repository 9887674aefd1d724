package dev.longhaul.api.http;

import dev.longhaul.api.errors.ApiException;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The query of a list. */
public final class ListQuery {
    /** More digits than any number that is meant. */
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,100}");

    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    private ListQuery() {}

    /** How many items are wanted; values that are none, too small or too large are refused. */
    public static int limit(@Nullable String limit, int usual, int most) {
        if (limit == null) {
            return usual;
        }
        return (int) Texts.within("limit", integer("limit", limit), 1, most);
    }

    /** A whole number; one that is out of the bounds of long is as far as they go. */
    public static long integer(String param, String value) {
        if (!INTEGER.matcher(value).matches()) {
            throw ApiException.invalidType(param, "an integer", "a string");
        }
        return new BigInteger(value).min(MOST).max(LEAST).longValue();
    }

    /** The cursor as it was sent, if it can be an id at all. */
    public static @Nullable String after(@Nullable String after) {
        if (after != null) {
            Texts.check("after", after);
        }
        return after;
    }
}
