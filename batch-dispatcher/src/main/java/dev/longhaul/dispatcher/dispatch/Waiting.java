package dev.longhaul.dispatcher.dispatch;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line that was tried in vain and waits for its next attempt, also over claims of its slice.
 *
 * @param attempts made so far, at least 1
 * @param dueMillis when the next is due, in milliseconds since the epoch
 */
record Waiting(int attempts, long dueMillis) {
    /** Lines by their index in the slice, as column {@code slice.attempts} holds them; null when there is none. */
    static @Nullable String encode(Map<Integer, Waiting> lines) {
        if (lines.isEmpty()) {
            return null;
        }
        JsonObject json = new JsonObject();
        lines.forEach((line, waiting) ->
                json.put(String.valueOf(line), JsonArray.of(waiting.attempts(), waiting.dueMillis())));
        return json.encode();
    }

    /** Reads what {@link #encode} wrote. */
    static Map<Integer, Waiting> decode(@Nullable JsonObject json) {
        Map<Integer, Waiting> lines = new HashMap<>();
        if (json != null) {
            for (String line : json.fieldNames()) {
                JsonArray waiting = json.getJsonArray(line);
                lines.put(Integer.valueOf(line), new Waiting(waiting.getInteger(0), waiting.getLong(1)));
            }
        }
        return lines;
    }
}
