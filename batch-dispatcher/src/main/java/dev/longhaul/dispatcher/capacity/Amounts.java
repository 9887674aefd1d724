package dev.longhaul.dispatcher.capacity;

import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;

/** Numbers by backend as JSON; those that are 0 are left out. */
final class Amounts {
    private Amounts() {}

    static JsonObject encode(Map<String, Integer> amounts) {
        JsonObject json = new JsonObject();
        amounts.forEach((backend, amount) -> {
            if (amount != 0) {
                json.put(backend, amount);
            }
        });
        return json;
    }

    static Map<String, Integer> decode(JsonObject json) {
        Map<String, Integer> amounts = new HashMap<>();
        json.forEach(entry -> amounts.put(entry.getKey(), ((Number) entry.getValue()).intValue()));
        return Map.copyOf(amounts);
    }
}
