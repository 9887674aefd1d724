package dev.longhaul.api.http;

import dev.longhaul.api.errors.ApiException;
import org.jspecify.annotations.Nullable;

/** The query of a list. */
public final class ListQuery {
    private ListQuery() {}

    /** How many items are wanted; values that are none, too small or too large are refused. */
    public static int limit(@Nullable String limit, int usual, int most) {
        if (limit == null) {
            return usual;
        }
        if (!limit.matches("[+-]?[0-9]{1,18}")) {
            throw ApiException.invalidType("limit", "an integer", "a string");
        }
        return (int) Texts.within("limit", Long.parseLong(limit), 1, most);
    }
}
