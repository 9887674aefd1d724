package dev.longhaul.dispatcher.capacity;

import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * What the leader lends one dispatcher.
 *
 * @param number higher than that of any grant before, also of an earlier leader's
 * @param among how many dispatchers share; 0 before the first grant
 * @param shares slots by backend; none of those that are missing
 */
record Grant(long number, int among, Map<String, Integer> shares) {
    private static final int EPOCH_SHIFT = 30;

    static final Grant NONE = new Grant(0, 0, Map.of());

    Grant {
        shares = Map.copyOf(shares);
    }

    /** The number of a leader's grants before its first. */
    static long firstNumber(long epoch) {
        return epoch << EPOCH_SHIFT;
    }

    JsonObject encode() {
        return new JsonObject().put("number", number).put("among", among).put("shares", Amounts.encode(shares));
    }

    static Grant decode(JsonObject json) {
        return new Grant(
                json.getLong("number", 0L),
                json.getInteger("among", 0),
                Amounts.decode(json.getJsonObject("shares", new JsonObject())));
    }
}
