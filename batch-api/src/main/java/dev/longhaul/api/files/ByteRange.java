package dev.longhaul.api.files;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of a file that a request asks for. */
public sealed interface ByteRange {
    /** All of it: no range was asked for, or one that may be ignored. */
    record Whole() implements ByteRange {}

    /** Part of it; both ends included. */
    record Part(long first, long last) implements ByteRange {}

    /** Nothing of it: the range begins past the end. */
    record Unsatisfiable() implements ByteRange {}

    /** One range of bytes; several at once may be answered with everything, and are. */
    Pattern SINGLE = Pattern.compile("bytes=\\s*(?:([0-9]{1,18})-([0-9]{1,18})?|-([0-9]{1,18}))\\s*");

    /** Reads a {@code Range} header for a file of so many bytes. */
    static ByteRange of(@Nullable String header, long bytes) {
        Matcher range = header == null ? null : SINGLE.matcher(header);
        if (range == null || !range.matches()) {
            return new Whole();
        }
        String suffix = range.group(3);
        if (suffix != null) {
            long count = Math.min(Long.parseLong(suffix), bytes);
            return count == 0 ? new Unsatisfiable() : new Part(bytes - count, bytes - 1);
        }
        long first = Long.parseLong(range.group(1));
        String end = range.group(2);
        long last = end == null ? bytes - 1 : Math.min(Long.parseLong(end), bytes - 1);
        if (end != null && Long.parseLong(end) < first) {
            return new Whole();
        }
        return first >= bytes ? new Unsatisfiable() : new Part(first, last);
    }
}
