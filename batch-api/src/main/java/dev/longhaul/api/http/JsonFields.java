package dev.longhaul.api.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longhaul.api.errors.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object that a tenant sent; a null counts as absent, unknown fields pass, what is wrong is refused by name. */
public final class JsonFields {
    /** The longest body that makes sense completes an upload of 10,000 parts: 400 KB. */
    private static final int MOST_BYTES = 512 << 10;
    /** So many values, names and brackets, or what a body becomes in memory could be a hundred times as long as itself. */
    private static final int MOST_TOKENS = 20_000;

    private static final int DEEPEST = 32;
    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxTokenCount(MOST_TOKENS)
                    .maxNestingDepth(DEEPEST)
                    .build())
            .build());

    private final JsonNode object;
    private final String path;

    private JsonFields(JsonNode object, String path) {
        this.object = object;
        this.path = path;
    }

    /** Reads a body of at most 512 KiB; blocks. */
    public static byte[] readBody(InputStream body) {
        try {
            byte[] bytes = body.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw ApiException.tooLarge(null, "The request body is larger than the maximum of 512 KiB.");
            }
            return bytes;
        } catch (IOException e) {
            throw ApiException.badRequest(null, null, "The request body broke off.");
        }
    }

    /** The object that a body is. */
    public static JsonFields parse(byte[] body) {
        return parse(body, "");
    }

    /** @param path what errors put ahead of the names of its fields */
    public static JsonFields parse(byte[] body, String path) {
        JsonNode node;
        try (JsonParser parser = MAPPER.createParser(body)) {
            node = MAPPER.readTree(parser);
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "Something follows the first value");
            }
        } catch (StreamConstraintsException e) {
            throw ApiException.badRequest(
                    null,
                    null,
                    "The request body is more than any request needs: it may have " + MOST_TOKENS
                            + " values, names and brackets, nest " + DEEPEST
                            + " deep, and have numbers of 1000 digits.");
        } catch (JsonProcessingException e) {
            throw ApiException.badRequest(
                    null, null, "The request body is not valid JSON: " + e.getOriginalMessage() + place(e));
        } catch (IOException e) {
            throw ApiException.badRequest(null, null, "The request body cannot be read as JSON.");
        }
        if (node == null || !node.isObject()) {
            throw ApiException.badRequest(
                    "invalid_type",
                    null,
                    "Invalid type for the request body: expected an object, but got "
                            + (node == null ? "nothing" : kind(node)) + " instead.");
        }
        return new JsonFields(node, path);
    }

    private static String place(JsonProcessingException e) {
        var location = e.getLocation();
        return location == null ? "." : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ").";
    }

    /** A text that must be there. */
    public String requiredText(String name, int most) {
        return text(name, most).orElseThrow(() -> ApiException.missing(path + name));
    }

    /** A text that may be absent. */
    public Optional<String> text(String name, int most) {
        JsonNode node = present(name);
        if (node == null) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            throw ApiException.invalidType(path + name, "a string", kind(node));
        }
        Texts.check(path + name, node.textValue(), most);
        return Optional.of(node.textValue());
    }

    /** A number in plain digits, with a point unless it was written as a whole one, or a text as it is; may be absent. */
    public Optional<String> numberOrText(String name, int most) {
        JsonNode node = present(name);
        if (node == null || node.isTextual()) {
            return text(name, most);
        }
        if (!node.isNumber()) {
            throw ApiException.invalidType(path + name, "a number or a string", kind(node));
        }
        if (node.isIntegralNumber()) {
            return Optional.of(node.bigIntegerValue().toString());
        }
        if (!Double.isFinite(node.doubleValue())) {
            return Optional.of(node.asText());
        }
        String plain = node.decimalValue().toPlainString();
        return Optional.of(plain.contains(".") ? plain : plain + ".0");
    }

    /** A list of one text or more; may be absent. */
    public Optional<List<String>> texts(String name, int mostTexts, int most) {
        JsonNode node = present(name);
        if (node != null && node.isArray() && (node.isEmpty() || node.size() > mostTexts)) {
            throw ApiException.badRequest(
                    node.isEmpty() ? "empty_array" : "array_above_max_length",
                    path + name,
                    "Invalid '" + path + name + "': expected an array of 1 to " + mostTexts
                            + " strings, but got one of " + node.size() + ".");
        }
        return texts(name, most);
    }

    /** A whole number that must be there. */
    public long requiredInteger(String name) {
        return integer(name).orElseThrow(() -> ApiException.missing(path + name));
    }

    /** A whole number that may be absent. */
    public OptionalLong integer(String name) {
        JsonNode node = present(name);
        if (node == null) {
            return OptionalLong.empty();
        }
        if (!node.isIntegralNumber()) {
            throw ApiException.invalidType(path + name, "an integer", kind(node));
        }
        // One past the ends of long is as far out of any bounds as the number itself.
        return OptionalLong.of(
                node.canConvertToLong()
                        ? node.longValue()
                        : node.bigIntegerValue().signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE);
    }

    /** A yes or no that may be absent. */
    public Optional<Boolean> flag(String name) {
        JsonNode node = present(name);
        if (node == null) {
            return Optional.empty();
        }
        if (!node.isBoolean()) {
            throw ApiException.invalidType(path + name, "a boolean", kind(node));
        }
        return Optional.of(node.booleanValue());
    }

    /** A list of texts that may be absent. */
    public Optional<List<String>> texts(String name, int most) {
        JsonNode node = present(name);
        if (node == null) {
            return Optional.empty();
        }
        if (!node.isArray()) {
            throw ApiException.invalidType(path + name, "an array", kind(node));
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode item : node) {
            String param = path + name + "[" + texts.size() + "]";
            if (!item.isTextual()) {
                throw ApiException.invalidType(param, "a string", kind(item));
            }
            Texts.check(param, item.textValue(), most);
            texts.add(item.textValue());
        }
        return Optional.of(texts);
    }

    /** Whether a field is there and is a text. */
    public boolean isText(String name) {
        JsonNode node = object.get(name);
        return node != null && node.isTextual();
    }

    /** An object that may be absent. */
    public Optional<JsonFields> object(String name) {
        JsonNode node = present(name);
        if (node == null) {
            return Optional.empty();
        }
        if (!node.isObject()) {
            throw ApiException.invalidType(path + name, "an object", kind(node));
        }
        return Optional.of(new JsonFields(node, path + name + "."));
    }

    /** The names of all fields. */
    public Iterable<String> names() {
        return object::fieldNames;
    }

    /** How many fields there are. */
    public int size() {
        return object.size();
    }

    /** A field that is there and not null, which must be a text. */
    public String textAsIs(String name, int most) {
        JsonNode node = object.get(name);
        if (node == null || !node.isTextual()) {
            throw ApiException.invalidType(path + name, "a string", node == null ? "null" : kind(node));
        }
        Texts.check(path + name, node.textValue(), most);
        return node.textValue();
    }

    private @Nullable JsonNode present(String name) {
        JsonNode node = object.get(name);
        return node == null || node.isNull() ? null : node;
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "an array";
            case BOOLEAN -> "a boolean";
            case NULL -> "null";
            case NUMBER -> node.isIntegralNumber() ? "an integer" : "a decimal";
            case OBJECT -> "an object";
            case STRING -> "a string";
            case BINARY, MISSING, POJO -> "nothing";
        };
    }
}
