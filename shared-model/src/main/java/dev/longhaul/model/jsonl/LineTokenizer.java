package dev.longhaul.model.jsonl;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds the fields of one request line in one pass, as byte ranges: no tree, and nothing decoded but what is asked
 * for. Checks what every endpoint shares: the line is one JSON object in strict UTF-8, its fields are there and of the
 * right type. What depends on the batch (its endpoint, its models) is the planner's.
 *
 * <p>Of several problems the first in this order is named: the JSON itself, duplicate keys, custom_id, method, url,
 * body, body.model, body.stream. A null counts as an absent field, unknown fields pass.
 *
 * <p>Made to be kept and reused by one thread; not thread-safe. A returned {@link RequestLine} doesn't depend on the
 * tokenizer, only on the array.
 */
public final class LineTokenizer {
    /** Nesting that a line may have, its own object included. */
    public static final int DEFAULT_MAX_DEPTH = 512;

    public static final int DEFAULT_MAX_BYTES = 32 << 20;

    /** A custom_id comes back with its answer in one Kafka record, so it may not be of any length; as written, without its quotes. */
    public static final int MAX_CUSTOM_ID_BYTES = 64 * 1024;

    /** Unknown fields beside the four that count are remembered to find a duplicate; so many, not more. */
    private static final int MAX_OTHER_KEYS = 256;

    /** Jackson keeps each distinct key of a line until its end, at some 150 bytes: this keeps that within 40 MB. */
    private static final int MAX_KEYS = 1 << 18;

    private static final byte[] NO_BYTES = {};

    private final JsonFactory factory;
    private final int maxBytes;
    private final Set<String> watchedFields;
    private final Set<String> otherKeys = new HashSet<>();

    private final LineFields fields = new LineFields();
    private byte[] array = NO_BYTES;
    private int base;
    private int limit;
    private int keys;

    public LineTokenizer() {
        this(DEFAULT_MAX_BYTES, DEFAULT_MAX_DEPTH);
    }

    /**
     * @param maxBytes longest line, without its line end
     * @param maxDepth deepest nesting, the line's own object included
     */
    public LineTokenizer(int maxBytes, int maxDepth) {
        this(maxBytes, maxDepth, Set.of());
    }

    /** @param watchedFields top-level fields of the body that {@link RequestLine#watchedFields} names */
    public LineTokenizer(int maxBytes, int maxDepth, Set<String> watchedFields) {
        if (maxBytes < 1 || maxDepth < 2) {
            throw new IllegalArgumentException(
                    "maxBytes must be at least 1 and maxDepth at least 2: " + maxBytes + ", " + maxDepth);
        }
        this.maxBytes = maxBytes;
        this.watchedFields = Set.copyOf(watchedFields);
        // Bodies pass verbatim: how long their numbers and strings may be is the backend's to say.
        this.factory = JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(maxDepth)
                        .maxStringLength(Integer.MAX_VALUE)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }

    /** Reads the line in {@code [offset, offset + length)}, without its line end. */
    public LineOutcome tokenize(byte[] line, int offset, int length) {
        if (length > maxBytes) {
            return LineProblem.tooLong(maxBytes);
        }
        limit = offset + length;
        base = skipWhitespace(line, offset, limit);
        if (base == limit) {
            return LineProblem.blankLine();
        }
        int invalid = Utf8.firstInvalid(line, offset, limit);
        if (invalid >= 0) {
            return LineProblem.invalidJson("it has invalid UTF-8 at byte " + (invalid - offset + 1) + ".");
        }
        if (line[base] != '{') {
            return LineProblem.invalidJson("it is not a JSON object.");
        }
        if (base + 1 < limit && line[base + 1] == 0) {
            // Jackson would take the line for UTF-16.
            return unexpected(base + 1 - offset);
        }
        array = line;
        keys = 0;
        fields.clear();
        if (!otherKeys.isEmpty()) {
            otherKeys.clear();
        }
        try (JsonParser parser = factory.createParser(line, base, limit - base)) {
            readLine(parser);
            int rest = skipWhitespace(line, position(parser), limit);
            return rest < limit
                    ? LineProblem.invalidJson(
                            "something follows its JSON object at column " + (rest - offset + 1) + ".")
                    : fields.outcome(line);
        } catch (StreamConstraintsException tooDeep) {
            return LineProblem.invalidJson("its nesting is too deep. At most "
                    + factory.streamReadConstraints().getMaxNestingDepth() + " levels are allowed.");
        } catch (TooManyKeys tooMany) {
            return LineProblem.invalidJson(tooMany.detail);
        } catch (JsonEOFException cut) {
            return LineProblem.invalidJson("it ends before its JSON object does.");
        } catch (JsonProcessingException malformed) {
            return unexpected(base - offset + (int) malformed.getLocation().getByteOffset());
        } catch (IOException impossible) {
            throw new UncheckedIOException("reading from memory", impossible);
        } finally {
            // A kept tokenizer must not keep the last slice.
            array = NO_BYTES;
        }
    }

    private static LineProblem unexpected(int index) {
        return LineProblem.invalidJson("unexpected character at column " + (index + 1) + ".");
    }

    private void readLine(JsonParser parser) throws IOException {
        parser.nextToken();
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            switch (key) {
                case "custom_id" -> {
                    fields.begin(fields.customId, key, token);
                    if (token == JsonToken.VALUE_STRING
                            && fields.customId.readRange(array, tokenStart(parser), limit)) {
                        fields.unescapedCustomId = parser.getText();
                    }
                }
                case "method" -> readString(fields.method, key, parser, token);
                case "url" -> readString(fields.url, key, parser, token);
                case "body" -> {
                    fields.begin(fields.body, key, token);
                    if (token == JsonToken.START_OBJECT) {
                        fields.body.start = tokenStart(parser);
                        readBody(parser);
                        fields.body.end = position(parser);
                    }
                }
                default -> {
                    if (otherKeys.size() == MAX_OTHER_KEYS) {
                        throw new TooManyKeys("it has more than " + MAX_OTHER_KEYS + " unknown keys.");
                    }
                    if (!otherKeys.add(key)) {
                        fields.duplicate(key);
                    }
                }
            }
            skip(parser);
        }
    }

    private void readBody(JsonParser parser) throws IOException {
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            JsonToken token = parser.nextToken();
            if (token != JsonToken.VALUE_NULL && watchedFields.contains(key)) {
                fields.watchedFields.add(key);
            }
            switch (key) {
                // Twice one of these two would mean what the backend's parser makes of it, past our checks.
                case "model" -> readString(fields.model, "body.model", parser, token);
                case "stream" -> fields.begin(fields.stream, "body.stream", token);
                case "messages" -> fields.note(InputField.MESSAGES, token);
                case "input" -> {
                    fields.note(InputField.INPUT, token);
                    fields.inputs = token == JsonToken.START_ARRAY ? countItems(parser) : 1;
                }
                case "prompt" -> fields.note(InputField.PROMPT, token);
                default -> {}
            }
            countKey();
            skip(parser);
        }
    }

    private void readString(FieldRange field, String name, JsonParser parser, JsonToken token) throws IOException {
        fields.begin(field, name, token);
        if (token == JsonToken.VALUE_STRING) {
            field.readText(parser, array, tokenStart(parser), limit);
        }
    }

    /** Moves to the end of the array that starts here; a list of numbers counts as one item, the tokens of a text. */
    private int countItems(JsonParser parser) throws IOException {
        int items = 0;
        boolean isTokens = false;
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            items++;
            isTokens |= token.isNumeric();
            skip(parser);
        }
        return isTokens ? 1 : items;
    }

    /** Moves past the array or object that starts here; a parser that stands elsewhere stays. */
    private void skip(JsonParser parser) throws IOException {
        if (!parser.currentToken().isStructStart()) {
            return;
        }
        int open = 1;
        while (open > 0) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.FIELD_NAME) {
                countKey();
            } else if (token.isStructStart()) {
                open++;
            } else if (token.isStructEnd()) {
                open--;
            }
        }
    }

    private void countKey() throws TooManyKeys {
        if (++keys > MAX_KEYS) {
            throw new TooManyKeys("it has more than " + MAX_KEYS + " object keys.");
        }
    }

    private int tokenStart(JsonParser parser) {
        return base + (int) parser.currentTokenLocation().getByteOffset();
    }

    private int position(JsonParser parser) {
        return base + (int) parser.currentLocation().getByteOffset();
    }

    private static int skipWhitespace(byte[] array, int from, int to) {
        int i = from;
        while (i < to && (array[i] == ' ' || array[i] == '\t' || array[i] == '\r' || array[i] == '\n')) {
            i++;
        }
        return i;
    }

    /** Thrown from the depth of the parse; without a stack trace, for a tenant can cause it on every line. */
    private static final class TooManyKeys extends IOException {
        private static final long serialVersionUID = 1;
        final String detail;

        TooManyKeys(String detail) {
            this.detail = detail;
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }
}
