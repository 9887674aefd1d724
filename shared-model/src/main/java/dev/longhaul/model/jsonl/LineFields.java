package dev.longhaul.model.jsonl;

import com.fasterxml.jackson.core.JsonToken;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of the line being read, and what is wrong with them. Reused from line to line. */
final class LineFields {
    final FieldRange customId = new FieldRange();
    final FieldRange body = new FieldRange();
    final FieldRange model = new FieldRange();
    final FieldRange method = new FieldRange();
    final FieldRange url = new FieldRange();
    final FieldRange stream = new FieldRange();
    int inputFields;
    /** The body's fields that somebody watches for. */
    final List<String> watchedFields = new ArrayList<>();
    /** How many inputs the body's input is. */
    int inputs;

    @Nullable
    String unescapedCustomId;

    private @Nullable LineProblem structure;

    void clear() {
        customId.clear();
        method.clear();
        url.clear();
        body.clear();
        model.clear();
        stream.clear();
        inputFields = 0;
        inputs = 0;
        watchedFields.clear();
        unescapedCustomId = null;
        structure = null;
    }

    void begin(FieldRange field, String name, JsonToken token) {
        if (field.type != null) {
            duplicate(name);
        }
        field.type = token;
    }

    void duplicate(String key) {
        if (structure == null) {
            structure = LineProblem.duplicateKey(key);
        }
    }

    void note(InputField field, JsonToken token) {
        if (token != JsonToken.VALUE_NULL) {
            inputFields |= field.bit();
        }
    }

    /** What the line that was read comes to; its positions are in this array. */
    LineOutcome outcome(byte[] array) {
        if (structure != null) {
            return structure;
        }
        LineProblem wrong = wrongField();
        return wrong != null ? wrong : new RequestLine(array, this, textOf(url));
    }

    private @Nullable LineProblem wrongField() {
        LineProblem wrong = requireString(customId, "custom_id");
        if (wrong == null && customId.end - customId.start == 2) {
            wrong = LineProblem.emptyCustomId();
        }
        if (wrong == null && customId.end - customId.start - 2 > LineTokenizer.MAX_CUSTOM_ID_BYTES) {
            wrong = LineProblem.customIdTooLong(LineTokenizer.MAX_CUSTOM_ID_BYTES);
        }
        if (wrong == null) {
            wrong = requireString(method, "method");
        }
        if (wrong == null && !textOf(method).equals("POST")) {
            wrong = LineProblem.methodNotPost(textOf(method));
        }
        if (wrong == null) {
            wrong = requireString(url, "url");
        }
        if (wrong == null) {
            wrong = require(body, "body", JsonToken.START_OBJECT, "an object");
        }
        if (wrong == null && !model.isAbsent()) {
            wrong = requireString(model, "body.model");
        }
        if (wrong == null && !stream.isAbsent() && stream.type != JsonToken.VALUE_FALSE && !streams()) {
            wrong = LineProblem.wrongType("body.stream", "a boolean", described(stream));
        }
        return wrong;
    }

    boolean streams() {
        return stream.type == JsonToken.VALUE_TRUE;
    }

    private static @Nullable LineProblem requireString(FieldRange field, String name) {
        return require(field, name, JsonToken.VALUE_STRING, "a string");
    }

    private static @Nullable LineProblem require(FieldRange field, String name, JsonToken type, String expected) {
        if (field.type == type) {
            return null;
        }
        return field.isAbsent() ? LineProblem.missing(name) : LineProblem.wrongType(name, expected, described(field));
    }

    private static String textOf(FieldRange field) {
        return field.text == null ? "" : field.text;
    }

    private static String described(FieldRange field) {
        return switch (field.type) {
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "an integer";
            case VALUE_NUMBER_FLOAT -> "a decimal number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case START_ARRAY -> "an array";
            case START_OBJECT -> "an object";
            case null, default -> "null";
        };
    }
}
