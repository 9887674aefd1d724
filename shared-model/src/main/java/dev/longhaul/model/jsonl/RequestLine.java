package dev.longhaul.model.jsonl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One well-formed request line: where its fields are in the array it was read from. Positions are indexes into that
 * array, ends are exclusive. The line is a view: it stays right as long as nobody writes to those bytes.
 */
public final class RequestLine implements LineOutcome {
    private final byte[] array;
    private final int customIdStart;
    private final int customIdEnd;
    private final @Nullable String unescapedCustomId;
    private final String url;
    private final int bodyStart;
    private final int bodyEnd;
    private final @Nullable String model;
    private final int modelStart;
    private final int modelEnd;
    private final boolean stream;
    private final int inputFields;
    private final int inputs;
    private final List<String> watchedFields;

    RequestLine(byte[] array, LineFields read, String url) {
        this.array = array;
        this.customIdStart = read.customId.start;
        this.customIdEnd = read.customId.end;
        this.unescapedCustomId = read.unescapedCustomId;
        this.url = url;
        this.bodyStart = read.body.start;
        this.bodyEnd = read.body.end;
        this.model = read.model.text;
        this.modelStart = read.model.start;
        this.modelEnd = read.model.end;
        this.stream = read.streams();
        this.inputFields = read.inputFields;
        this.inputs = read.inputs;
        this.watchedFields = List.copyOf(read.watchedFields);
    }

    public byte[] array() {
        return array;
    }

    /** Start of the custom_id as written, at its opening quote. */
    public int customIdStart() {
        return customIdStart;
    }

    /** End of the custom_id as written, after its closing quote. */
    public int customIdEnd() {
        return customIdEnd;
    }

    /** Whether the bytes between the quotes differ from the decoded value's UTF-8. */
    public boolean customIdIsEscaped() {
        return unescapedCustomId != null;
    }

    /** The decoded custom_id; made anew at each call unless it was written with escapes. */
    public String customId() {
        String known = unescapedCustomId;
        return known != null ? known : new String(array, customIdStart + 1, customIdEnd - customIdStart - 2, UTF_8);
    }

    public String url() {
        return url;
    }

    public int bodyStart() {
        return bodyStart;
    }

    public int bodyEnd() {
        return bodyEnd;
    }

    /** The body's top-level model, decoded; null when it has none. */
    public @Nullable String model() {
        return model;
    }

    /** Start of the model's value in the body, at its opening quote; meaningless without a model. */
    public int modelStart() {
        return modelStart;
    }

    public int modelEnd() {
        return modelEnd;
    }

    /** Whether the body asks for a streamed answer. */
    public boolean stream() {
        return stream;
    }

    /** How many inputs the body's {@code input} is: each item of a list is one, unless they are numbers and so one text's tokens. */
    public int inputs() {
        return inputs;
    }

    /** Whether the body has this field at its top level, with a value other than null. */
    public boolean has(InputField field) {
        return (inputFields & field.bit()) != 0;
    }

    /** The top-level fields of the body, of those that its tokenizer watches for, that have a value other than null. */
    public List<String> watchedFields() {
        return watchedFields;
    }
}
