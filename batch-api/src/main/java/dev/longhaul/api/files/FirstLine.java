package dev.longhaul.api.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;

/** Whether a file begins with a JSON object on a line of its own. All else about its lines is found out when a batch is planned. */
final class FirstLine {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNestingDepth(10_000)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private FirstLine() {}

    /**
     * Looks at a file's beginning.
     *
     * @param length how many bytes are there
     * @param complete whether these are all the bytes; of a longer first line only what is there is looked at
     */
    static boolean isObject(byte[] bytes, int length, boolean complete) {
        int start = startsWithByteOrderMark(bytes, length) ? 3 : 0;
        int end = start;
        while (end < length && bytes[end] != '\n') {
            end++;
        }
        boolean whole = complete || end < length;
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

    private static boolean startsWithByteOrderMark(byte[] bytes, int length) {
        return length >= 3 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb && bytes[2] == (byte) 0xbf;
    }
}
