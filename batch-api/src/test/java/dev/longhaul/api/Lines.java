package dev.longhaul.api;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Input files. */
final class Lines {
    static final String ONE =
            "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"m\"}}\n";

    private Lines() {}

    /** So many bytes, of which the first line is a JSON object and the rest noise, the same each time. */
    static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        byte[] first = "{}\n".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(first, 0, bytes, 0, Math.min(first.length, length));
        return bytes;
    }
}
