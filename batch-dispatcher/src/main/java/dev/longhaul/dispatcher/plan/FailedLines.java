package dev.longhaul.dispatcher.plan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads which lines of an input file are in an error file of it. One pass that keeps a bit a line of the input file; answers are
 * passed over, not kept. The code of a line is its {@code error.code}, or its answer's status code when it got one.
 */
final class FailedLines {
    /** Answers are whatever a backend wrote; they were JSON when they came. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private static final int LINES_A_PACE = 4_096;

    private final @Nullable Set<String> codes;
    private final Runnable pace;
    private final BitSet lines = new BitSet();

    private FailedLines(@Nullable Set<String> codes, Runnable pace) {
        this.codes = codes;
        this.pace = pace;
    }

    /**
     * Reads an error file to its end.
     *
     * @param codes the codes whose lines are wanted; null for all
     * @param pace called every some thousand lines
     * @throws IOException if it cannot be read; says nothing about the lines
     */
    static LineChoice read(InputStream errors, @Nullable Set<String> codes, Runnable pace) throws IOException {
        FailedLines failed = new FailedLines(codes, pace);
        try (JsonParser parser = JSON.createParser(errors)) {
            failed.read(parser);
        }
        BitSet chosen = failed.lines;
        return line -> line <= Integer.MAX_VALUE && chosen.get((int) line);
    }

    private void read(JsonParser parser) throws IOException {
        for (long count = 1; parser.nextToken() != null; count++) {
            readLine(parser);
            if (count % LINES_A_PACE == 0) {
                pace.run();
            }
        }
    }

    private void readLine(JsonParser parser) throws IOException {
        int line = -1;
        String code = "";
        for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            switch (field) {
                case "id" -> line = number(parser.getText());
                case "response" -> code = value == JsonToken.START_OBJECT ? text(parser, "status_code", code) : code;
                case "error" -> code = value == JsonToken.START_OBJECT ? text(parser, "code", code) : code;
                default -> parser.skipChildren();
            }
        }
        if (codes == null || codes.contains(code)) {
            lines.set(line);
        }
    }

    /** A field's value in the object that begins here; the parser is at its end afterwards. */
    private static String text(JsonParser parser, String wanted, String unless) throws IOException {
        String found = unless;
        for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            if (field.equals(wanted) && value.isScalarValue()) {
                found = parser.getText();
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    /** The line's number in the input file, which the ids of result lines end in. */
    private static int number(String id) throws IOException {
        try {
            return Integer.parseInt(id.substring(id.lastIndexOf('_') + 1));
        } catch (NumberFormatException e) {
            throw new IOException("the error file has a line with the id " + id, e);
        }
    }
}
