package dev.longhaul.dispatcher.capacity;

import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;

/**
 * What the leader lends one dispatcher.
 *
 * @param number higher than that of any grant before, also of an earlier leader's
 * @param among how many dispatchers share; 0 before the first grant
 * @param isCap whether it only reduces: a new leader does not know yet what its predecessor lent last
 * @param shares slots by backend; none of those that are missing
 */
record Grant(long number, int among, boolean isCap, Map<String, Integer> shares) {
    private static final int EPOCH_SHIFT = 30;

    static final Grant NONE = new Grant(0, 0, false, Map.of());

    Grant {
        shares = Map.copyOf(shares);
    }

    /** The number of a leader's grants before its first. */
    static long firstNumber(long epoch) {
        return epoch << EPOCH_SHIFT;
    }

    /** This grant with no slot at all. */
    Grant withNothing() {
        return new Grant(number, among, false, Map.of());
    }

    /** This grant as it applies to who has these slots. */
    Grant appliedTo(Map<String, Integer> present) {
        if (!isCap) {
            return this;
        }
        Map<String, Integer> kept = new HashMap<>(present);
        kept.replaceAll((backend, share) -> Math.min(share, shares.getOrDefault(backend, 0)));
        return new Grant(number, among, false, kept);
    }

    JsonObject encode() {
        return new JsonObject()
                .put("number", number)
                .put("among", among)
                .put("cap", isCap)
                .put("shares", Amounts.encode(shares));
    }

    static Grant decode(JsonObject json) {
        return new Grant(
                json.getLong("number", 0L),
                json.getInteger("among", 0),
                json.getBoolean("cap", false),
                Amounts.decode(json.getJsonObject("shares", new JsonObject())));
    }
}
