package dev.longhaul.dispatcher.dispatch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.longhaul.model.Usage;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Whether an answer's body is one JSON value in UTF-8, and the token counts of its {@code usage}. The parser alone would let halves of
 * characters pass, which a strict reader of the whole file stumbles over.
 */
final class AnswerScan {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            // A body in UTF-16 or behind a byte order mark may be JSON, but its bytes would spoil a line of UTF-8.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final int CHARS = 1024;

    private long input;
    private long cached;
    private long output;
    private long reasoning;
    private long total;

    private AnswerScan() {}

    /** The body's usage, none if it names none; null when the body is not JSON. */
    static @Nullable Usage usageOf(byte[] body, int offset, int length) {
        if (!isUtf8(body, offset, length)) {
            return null;
        }
        AnswerScan scan = new AnswerScan();
        try (JsonParser parser = FACTORY.createParser(body, offset, length)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return null;
            }
            if (first == JsonToken.START_OBJECT) {
                scan.readAnswer(parser);
            } else {
                parser.skipChildren();
            }
            return parser.nextToken() == null
                    ? new Usage(scan.input, scan.cached, scan.output, scan.reasoning, scan.total)
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean isUtf8(byte[] body, int offset, int length) {
        int end = offset + length;
        int start = offset;
        // Nearly every answer is plain ASCII, and then this is all.
        while (start <= end - Long.BYTES && ((long) LONGS.get(body, start) & HIGH_BITS) == 0) {
            start += Long.BYTES;
        }
        while (start < end && body[start] >= 0) {
            start++;
        }
        return start == end || isUtf8(ByteBuffer.wrap(body, start, end - start));
    }

    private static boolean isUtf8(ByteBuffer rest) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer out = CharBuffer.allocate(Math.min(CHARS, rest.remaining() + 1));
        CoderResult result = decoder.decode(rest, out, true);
        while (result.isOverflow()) {
            result = decoder.decode(rest, out.clear(), true);
        }
        return !result.isError();
    }

    private void readAnswer(JsonParser parser) throws IOException {
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            if (parser.nextToken() == JsonToken.START_OBJECT && name.equals("usage")) {
                readUsage(parser);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void readUsage(JsonParser parser) throws IOException {
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken value = parser.nextToken();
            switch (name) {
                case "prompt_tokens", "input_tokens" -> input = count(parser, value);
                case "completion_tokens", "output_tokens" -> output = count(parser, value);
                case "total_tokens" -> total = count(parser, value);
                case "prompt_tokens_details", "input_tokens_details" -> cached = detail(parser, value, "cached_tokens");
                case "completion_tokens_details", "output_tokens_details" ->
                    reasoning = detail(parser, value, "reasoning_tokens");
                default -> parser.skipChildren();
            }
        }
    }

    private static long detail(JsonParser parser, JsonToken value, String wanted) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return 0;
        }
        long found = 0;
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            found = name.equals(wanted) ? count(parser, token) : found;
            parser.skipChildren();
        }
        return found;
    }

    /** A count, or 0 for what no count may be: a backend's oddity is not the tenant's loss. */
    private static long count(JsonParser parser, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return Math.clamp(parser.getLongValue(), 0, Usage.MOST_OF_A_LINE);
        }
        parser.skipChildren();
        return 0;
    }
}
