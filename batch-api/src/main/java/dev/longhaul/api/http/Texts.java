package dev.longhaul.api.http;

import dev.longhaul.api.errors.ApiException;
import java.time.Duration;
import java.util.List;

/** Rules that values of several requests share, each refused in OpenAI's words. */
public final class Texts {
    private Texts() {}

    /** Refuses a text that PostgreSQL or UTF-8 cannot hold. */
    public static void check(String param, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw ApiException.invalidValue(param, "Invalid '" + param + "': contains the character U+0000.");
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw ApiException.invalidValue(param, "Invalid '" + param + "': contains an unpaired surrogate.");
            }
        }
    }

    /** Refuses a text of more than so many characters, or one that cannot be stored. */
    public static void check(String param, String text, int most) {
        int length = text.codePointCount(0, text.length());
        if (length > most) {
            throw ApiException.badRequest(
                    "string_above_max_length",
                    param,
                    "Invalid '" + param + "': string too long. Expected a string with maximum length " + most
                            + ", but got a string with length " + length + " instead.");
        }
        check(param, text);
    }

    /** The message for a value that is none of the supported ones. */
    public static String notSupported(String value, List<String> supported) {
        StringBuilder message =
                new StringBuilder("Invalid value: '").append(value).append("'. ");
        if (supported.size() == 1) {
            return message.append("Value must be '")
                    .append(supported.getFirst())
                    .append("'.")
                    .toString();
        }
        message.append("Supported values are: ");
        for (int i = 0; i < supported.size(); i++) {
            message.append(i == 0 ? "'" : i == supported.size() - 1 ? ", and '" : ", '")
                    .append(supported.get(i))
                    .append('\'');
        }
        return message.append('.').toString();
    }

    /** A whole number between bounds, both included. */
    public static long within(String param, long value, long least, long most) {
        if (value < least) {
            throw ApiException.badRequest(
                    "integer_below_min_value",
                    param,
                    "Invalid '" + param + "': integer below minimum value. Expected a value >= " + least + ", but got "
                            + value + " instead.");
        }
        if (value > most) {
            throw ApiException.badRequest(
                    "integer_above_max_value",
                    param,
                    "Invalid '" + param + "': integer above maximum value. Expected a value <= " + most + ", but got "
                            + value + " instead.");
        }
        return value;
    }

    /** A duration in seconds between bounds, both included. */
    public static Duration seconds(String param, long seconds, long least, long most) {
        return Duration.ofSeconds(within(param, seconds, least, most));
    }
}
