package dev.longhaul.system;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON Lines as the strictest of clients does: valid UTF-8, one object a line and nothing else, each line ended by a line feed.
 * Holds no line in memory.
 */
public final class StrictLines {
    /** Whatever a tenant or a backend may write: only the grammar is judged. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private StrictLines() {}

    /**
     * Reads all of it and returns the number of lines.
     *
     * @throws IOException when it is no such file, with the number of the line
     */
    public static long count(InputStream content) throws IOException {
        // A decoder of one's own reports malformed input; the reader's default replaces it.
        BufferedReader text = new BufferedReader(
                new InputStreamReader(content, StandardCharsets.UTF_8.newDecoder()), 1 << 16);
        long lines = 0;
        while (hasMore(text)) {
            Line line = new Line(text);
            try (JsonParser json = JSON.createParser(line)) {
                require(json.nextToken() == JsonToken.START_OBJECT, "no object");
                json.skipChildren();
                require(json.nextToken() == null, "something behind the object");
                require(line.isEnded, "no line feed at the end");
            } catch (IOException e) {
                throw new IOException("line " + (lines + 1) + ": " + e.getMessage(), e);
            }
            lines++;
        }
        return lines;
    }

    private static boolean hasMore(BufferedReader text) throws IOException {
        text.mark(1);
        boolean more = text.read() >= 0;
        text.reset();
        return more;
    }

    private static void require(boolean condition, String problem) throws IOException {
        if (!condition) {
            throw new IOException(problem);
        }
    }

    /** The characters up to the next line feed. */
    private static final class Line extends Reader {
        private final BufferedReader text;
        private boolean isEnded;

        Line(BufferedReader text) {
            this.text = text;
        }

        @Override
        public int read(char[] into, int offset, int length) throws IOException {
            int count = 0;
            while (count < length && !isEnded) {
                int next = text.read();
                if (next < 0) {
                    break;
                }
                isEnded = next == '\n';
                if (!isEnded) {
                    into[offset + count++] = (char) next;
                }
            }
            return count > 0 || length == 0 ? count : -1;
        }

        @Override
        public void close() {}
    }
}
