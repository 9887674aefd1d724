package dev.longhaul.model.jsonl;

import org.jspecify.annotations.Nullable;

/**
 * Why a line is refused, in the words that the tenant reads in {@code errors.data}.
 *
 * @param code one of the contract's error codes
 * @param message bounded: values that the tenant wrote are quoted shortened
 * @param param the field at fault, or null when the whole line is
 */
public record LineProblem(
        String code, String message, @Nullable String param) implements LineOutcome {

    private static final int QUOTED_CHARS = 100;

    public static LineProblem invalidJson(String detail) {
        return new LineProblem("invalid_json_line", "This line is not parseable as valid JSON: " + detail, null);
    }

    public static LineProblem blankLine() {
        return invalidJson("it is blank.");
    }

    public static LineProblem tooLong(int maxBytes) {
        return invalidJson("it is too long. A line may have at most " + maxBytes + " bytes.");
    }

    static LineProblem duplicateKey(String key) {
        return invalidJson("it has the duplicate key '" + shortened(key) + "'.");
    }

    static LineProblem missing(String field) {
        return new LineProblem("missing_required_parameter", "Missing required parameter: '" + field + "'.", field);
    }

    static LineProblem wrongType(String field, String expected, String got) {
        return new LineProblem(
                "invalid_type",
                "Invalid type for '" + field + "': expected " + expected + ", but got " + got + " instead.",
                field);
    }

    static LineProblem emptyCustomId() {
        return new LineProblem(
                "invalid_value",
                "Invalid 'custom_id': empty string. Expected a string with minimum length 1.",
                "custom_id");
    }

    static LineProblem customIdTooLong(int maxBytes) {
        return new LineProblem(
                "string_above_max_length",
                "Invalid 'custom_id': string too long. Expected at most " + maxBytes + " bytes.",
                "custom_id");
    }

    static LineProblem methodNotPost(String method) {
        return new LineProblem(
                "invalid_value", "Invalid value: '" + shortened(method) + "'. Supported values are: 'POST'.", "method");
    }

    /**
     * The start of a value that a tenant wrote, fit for a message: a line may be megabytes long, and may hold what a
     * database refuses as text (NUL, half a surrogate pair), which would keep the problem from ever being stored.
     */
    public static String shortened(String value) {
        StringBuilder fit = new StringBuilder();
        int next = 0;
        for (int shown = 0; shown < QUOTED_CHARS && next < value.length(); shown++) {
            int codePoint = value.codePointAt(next);
            fit.appendCodePoint(printable(codePoint));
            next += Character.charCount(codePoint);
        }
        return next < value.length() ? fit.append("...").toString() : fit.toString();
    }

    private static int printable(int codePoint) {
        boolean halfPair = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        return halfPair || Character.isISOControl(codePoint) ? 0xFFFD : codePoint;
    }
}
