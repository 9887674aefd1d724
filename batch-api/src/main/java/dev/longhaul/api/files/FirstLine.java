package dev.longhaul.api.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.longhaul.model.jsonl.LineProblem;
import dev.longhaul.model.jsonl.LineTokenizer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Whether a file begins with a JSON object on a line of its own. All else about its lines is found out when a batch is planned.
 *
 * @param problem what the line is instead, to follow "its first line"; null when it is one
 */
record FirstLine(@Nullable String problem) {
    private static final int LONGEST_MARK = 4;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNestingDepth(10_000)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /**
     * Looks at a file's beginning.
     *
     * @param length how many bytes are there
     * @param complete whether these are all the bytes; of a longer first line only what is there is looked at
     */
    static FirstLine of(byte[] bytes, int length, boolean complete) {
        if (startsWith(bytes, length, 0x1f, 0x8b)) {
            return new FirstLine("is compressed with gzip. Please send the file uncompressed.");
        }
        if (isUtf16(bytes, length)) {
            return new FirstLine("is encoded in UTF-16 or UTF-32. Please send UTF-8.");
        }
        int start = startsWith(bytes, length, 0xef, 0xbb, 0xbf) ? 3 : 0;
        int end = start;
        while (end < length && bytes[end] != '\n') {
            end++;
        }
        boolean isObject = isObject(bytes, start, end, complete || end < length);
        return new FirstLine(isObject ? null : reason(bytes, start, end));
    }

    private static boolean isObject(byte[] bytes, int start, int end, boolean whole) {
        try (JsonParser parser = JSON.createParser(bytes, start, end - start)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            parser.skipChildren();
            return parser.currentToken() == JsonToken.END_OBJECT ? parser.nextToken() == null : !whole;
        } catch (JsonEOFException e) {
            return !whole;
        } catch (IOException e) {
            return false;
        }
    }

    /** In the words that planning has for the lines behind it. */
    private static String reason(byte[] bytes, int start, int end) {
        return new LineTokenizer().tokenize(bytes, start, end - start) instanceof LineProblem problem
                        && problem.param() == null
                ? problem.message().replaceFirst("^This line ", "")
                : "is not a JSON object.";
    }

    /** By its mark, or since every other byte of ASCII is 0 there. */
    private static boolean isUtf16(byte[] bytes, int length) {
        boolean hasZero = false;
        for (int i = 0; i < Math.min(length, LONGEST_MARK); i++) {
            hasZero |= bytes[i] == 0;
        }
        return hasZero || startsWith(bytes, length, 0xff, 0xfe) || startsWith(bytes, length, 0xfe, 0xff);
    }

    private static boolean startsWith(byte[] bytes, int length, int... beginning) {
        for (int i = 0; i < beginning.length; i++) {
            if (i >= length || bytes[i] != (byte) beginning[i]) {
                return false;
            }
        }
        return true;
    }
}
