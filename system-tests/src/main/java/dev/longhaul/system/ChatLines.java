package dev.longhaul.system;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;

/**
 * Input lines for chat completions. The question of each line tells its number, and so does the simulator's answer; its
 * {@code user} is its id, by which the simulator counts calls.
 *
 * @param count lines, numbered from 0
 * @param users the prefix of each line's {@code user}, before its number
 * @param text the text of a line's question; tells its number unless it asks the simulator for a failure
 */
public record ChatLines(int count, String users, IntFunction<String> text) {
    private static final String IDS = "line-";
    private static final String FILLING = "How much wood would a woodchuck chuck, if a woodchuck could chuck wood? ";

    public ChatLines(int count, IntFunction<String> text) {
        this(count, IDS, text);
    }

    /** Lines of the simplest kind, about 250 bytes. */
    public static ChatLines of(int count) {
        return new ChatLines(count, ChatLines::question);
    }

    /** The same lines with another {@code user}, by which the simulator counts them. */
    public ChatLines users(String prefix) {
        return new ChatLines(count, prefix, text);
    }

    /** Lines of about so many bytes each, newline included. */
    public static ChatLines ofBytes(int count, int bytes) {
        int rest = bytes - of(1).line(0).length - 1;
        String filling =
                FILLING.repeat(Math.max(0, rest) / FILLING.length() + 1).substring(0, Math.max(0, rest));
        return new ChatLines(count, number -> question(number) + filling);
    }

    /** Lines of exactly that many bytes each, newline included. */
    public static ChatLines ofLength(int count, int bytes) {
        ChatLines lines = of(count);
        return new ChatLines(count, number -> {
            int rest = bytes - lines.line(number).length - 1;
            return question(number) + "x".repeat(Math.max(0, rest));
        });
    }

    /** What the question of a line begins with, and the simulator's answer repeats. */
    public static String question(int number) {
        return "Question " + number + ". ";
    }

    /** The id of a line. */
    public static String customId(int number) {
        return IDS + number;
    }

    /** The number of the line with that id; -1 when it is none of ours. */
    static int number(String customId) {
        try {
            return customId.startsWith(IDS) ? Integer.parseInt(customId.substring(IDS.length())) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The body of a line's request. */
    public static ObjectNode body(int number, String text) {
        return body(customId(number), text);
    }

    private static ObjectNode body(String user, String text) {
        ObjectNode body = Json.object().put("model", "sim-chat").put("user", user);
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        return body;
    }

    private byte[] line(int number) {
        ObjectNode line = Json.object()
                .put("custom_id", customId(number))
                .put("method", "POST")
                .put("url", "/v1/chat/completions");
        line.set("body", body(users + number, text.apply(number)));
        return Json.bytes(line);
    }

    public byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writeTo(bytes, "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Writes them to a file unless it is there. */
    public Path file(Path file) {
        if (!Files.exists(file)) {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
                writeTo(out, "\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return file;
    }

    /** @param lineEnd after each line */
    public void writeTo(OutputStream out, String lineEnd) throws IOException {
        byte[] end = lineEnd.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (int number = 0; number < count; number++) {
            out.write(line(number));
            out.write(end);
        }
    }
}
