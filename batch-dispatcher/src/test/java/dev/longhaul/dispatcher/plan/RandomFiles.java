package dev.longhaul.dispatcher.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Small chat files, good or bad in every way that the rules know. */
final class RandomFiles {
    private final Random random;
    private final double badness;

    /** @param badness share of lines that are changed for the worse */
    RandomFiles(Random random, double badness) {
        this.random = random;
        this.badness = badness;
    }

    byte[] file() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (random.nextInt(4) == 0) {
            out.writeBytes("\uFEFF".getBytes(UTF_8));
        }
        int lines = random.nextInt(40);
        int ids = random.nextInt(3) == 0 ? 30 : 1_000_000;
        for (int i = 0; i < lines; i++) {
            out.writeBytes(line(ids));
            if (i < lines - 1 || random.nextBoolean()) {
                out.writeBytes((random.nextInt(5) == 0 ? "\r\n" : "\n").getBytes(UTF_8));
            }
        }
        if (random.nextInt(4) == 0) {
            out.writeBytes(pick("\n", " \n\r\n", "\t", "\r\n\r\n").getBytes(UTF_8));
        }
        return out.toByteArray();
    }

    private byte[] line(int ids) {
        String line = assembled(ids);
        if (random.nextDouble() >= badness) {
            return line.getBytes(UTF_8);
        }
        return switch (random.nextInt(4)) {
            case 0 ->
                pick("", " ", "{}", "[]", "null", "7", "{} {}", line + "x", line + line, "\uFEFF" + line)
                        .getBytes(UTF_8);
            case 1 -> {
                byte[] cut = line.getBytes(UTF_8);
                yield Arrays.copyOf(cut, random.nextInt(cut.length));
            }
            case 2 -> {
                byte[] changed = line.getBytes(UTF_8);
                changed[random.nextInt(changed.length)] =
                        (byte) (random.nextBoolean() ? random.nextInt(256) : "{}[]\",:\\0".charAt(random.nextInt(9)));
                yield changed;
            }
            default -> reworded(line).getBytes(UTF_8);
        };
    }

    private String assembled(int ids) {
        List<String> fields = new ArrayList<>(List.of(
                "\"custom_id\":" + id(random.nextInt(ids)),
                "\"method\":\"POST\"",
                "\"url\":\"" + pick("/v1/chat/completions", "\\/v1/chat/completions") + "\"",
                "\"body\":" + body()));
        Collections.shuffle(fields, random);
        if (random.nextInt(10) == 0) {
            fields.add(random.nextInt(4), "\"extra\":" + value(3));
        }
        String space = pick("", "", " ", "\t ");
        return space + "{" + space + String.join(space + "," + space, fields) + "}" + space;
    }

    private String body() {
        List<String> fields = new ArrayList<>(List.of(
                "\"model\":\"" + pick("m", "m", "m", "m2", "\\u006d") + "\"",
                "\"messages\":[{\"role\":\"user\",\"content\":" + value(2) + "}]",
                "\"" + pick("top_p", "tempé") + "\":" + value(4)));
        Collections.shuffle(fields, random);
        return "{" + String.join(", ", fields) + "}";
    }

    private String id(int number) {
        return switch (random.nextInt(4)) {
            case 0 -> "\"r\\u002d" + number + "\"";
            case 1 -> "\"\\u0072-" + number + "\"";
            default -> "\"r-" + number + "\"";
        };
    }

    private String value(int depth) {
        return switch (random.nextInt(depth > 0 ? 9 : 6)) {
            case 0 -> pick("0", "-1", "123456789012345678901234567890", "1.50", "-1e-7", "2E+3");
            case 1 -> pick("true", "false", "null");
            case 2 -> "\"" + "long ".repeat(random.nextInt(60)) + "\"";
            case 3 ->
                "\"" + pick("é€😀", "\\n\\t\\\"\\\\", "\\ud83d\\ude00", "\\ud800", "{\\\"custom_id\\\":1}", "") + "\"";
            case 4 -> "[]";
            case 5 -> "{}";
            case 6 -> "[" + value(depth - 1) + "," + value(depth - 1) + "]";
            case 7 -> "{\"model\":" + value(depth - 1) + ",\"stream\":true}";
            default -> "{\"body\" : " + value(depth - 1) + " }";
        };
    }

    private String reworded(String line) {
        return switch (random.nextInt(9)) {
            case 0 -> line.replace("\"custom_id\":", "\"custom_id\":" + pick("null", "1", "\"\"", "{}") + ",\"x\":");
            case 1 -> line.replace("POST", pick("GET", "post", ""));
            case 2 -> line.replace("\"method\":", pick("\"method\":[],\"x\":", "\"m\":"));
            case 3 -> line.replace("chat/", pick("", "chat//"));
            case 4 -> line.replace("\"body\":", pick("\"body\":\"\",\"x\":", "\"body\":null,\"x\":", "\"b\":"));
            case 5 ->
                line.replaceFirst(
                        "\"model\":",
                        pick("\"model\":7,\"x\":", "\"model\":\"no\",\"x\":", "\"x\":", "\"model\":\"m\",\"model\":"));
            case 6 ->
                line.replaceFirst(
                        "\"messages\":",
                        pick(
                                "\"stream\":true,\"messages\":",
                                "\"stream\":1,\"messages\":",
                                "\"stream\":null,\"messages\":"));
            case 7 -> line.replaceFirst("\"messages\":", pick("\"messages\":null,\"x\":", "\"input\":"));
            default ->
                line.replaceFirst("\\{", pick("{\"a\":1,\"a\":2,", "{\"url\":\"u\",", "{\"\\\\u0075rl\":\"u\","));
        };
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
