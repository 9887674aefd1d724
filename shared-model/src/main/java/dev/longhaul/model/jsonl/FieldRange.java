package dev.longhaul.model.jsonl;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One field of the line being read: what it was and where. Reused from line to line. */
final class FieldRange {
    private static final int REMEMBERED_BYTES = 256;

    @Nullable
    JsonToken type;

    int start;
    int end;
    /** The decoded value of a string that was read with {@link #readText}. */
    @Nullable
    String text;

    /** The last value as written: method, url and model repeat from line to line, and need no new string then. */
    private byte[] lastRaw = {};

    private String lastText = "";

    void clear() {
        type = null;
        start = 0;
        end = 0;
        text = null;
    }

    boolean isAbsent() {
        return type == null || type == JsonToken.VALUE_NULL;
    }

    /** Takes the range of the string at which the parser stands, quotes included; returns whether it has escapes. */
    boolean readRange(byte[] array, int at, int limit) {
        start = at;
        boolean escaped = false;
        int i = at + 1;
        // The parser refuses the line later if this string has no end.
        while (i < limit && array[i] != '"') {
            if (array[i] == '\\') {
                escaped = true;
                i++;
            }
            i++;
        }
        end = Math.min(i + 1, limit);
        return escaped;
    }

    void readText(JsonParser parser, byte[] array, int at, int limit) throws IOException {
        boolean escaped = readRange(array, at, limit);
        if (Arrays.equals(array, start, end, lastRaw, 0, lastRaw.length)) {
            text = lastText;
            return;
        }
        String read = escaped ? parser.getText() : new String(array, start + 1, Math.max(0, end - start - 2), UTF_8);
        text = read;
        if (end - start <= REMEMBERED_BYTES) {
            lastRaw = Arrays.copyOfRange(array, start, end);
            lastText = read;
        }
    }
}
