package dev.longhaul.dispatcher.capacity;

import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What one dispatcher says of itself, all by backend.
 *
 * @param grant the number of the last grant that is in effect
 * @param draining whether it starts no further line
 * @param wanted lines that it would still take on
 * @param demand lines that it has
 * @param lent slots that it may use under that grant
 * @param calls calls in flight, which are more while slots are given up
 */
record CapacityReport(
        long grant,
        boolean draining,
        Map<String, Integer> wanted,
        Map<String, Integer> demand,
        Map<String, Integer> lent,
        Map<String, Integer> calls) {
    /** What a process says that holds nothing. */
    static final CapacityReport NOTHING = new CapacityReport(0, false, Map.of(), Map.of(), Map.of(), Map.of());

    CapacityReport {
        wanted = Map.copyOf(wanted);
        demand = Map.copyOf(demand);
        lent = Map.copyOf(lent);
        calls = Map.copyOf(calls);
    }

    JsonObject encode() {
        return new JsonObject()
                .put("grant", grant)
                .put("draining", draining)
                .put("wanted", Amounts.encode(wanted))
                .put("demand", Amounts.encode(demand))
                .put("lent", Amounts.encode(lent))
                .put("calls", Amounts.encode(calls));
    }

    static CapacityReport decode(JsonObject json) {
        return new CapacityReport(
                json.getLong("grant", 0L),
                json.getBoolean("draining", false),
                Amounts.decode(json.getJsonObject("wanted", new JsonObject())),
                Amounts.decode(json.getJsonObject("demand", new JsonObject())),
                Amounts.decode(json.getJsonObject("lent", new JsonObject())),
                Amounts.decode(json.getJsonObject("calls", new JsonObject())));
    }

    /** Slots that may be in use, by backend. */
    private Map<String, Integer> inUse() {
        Map<String, Integer> slots = new HashMap<>(lent);
        calls.forEach((backend, count) -> slots.merge(backend, count, Math::max));
        slots.values().removeIf(count -> count == 0);
        return slots;
    }

    /** Whether the leader should hear of it at once: an amount that came or went, or that changed by more than a quarter. */
    boolean differsMaterially(CapacityReport before) {
        return grant != before.grant
                || draining != before.draining
                || !inUse().equals(before.inUse())
                || differMaterially(wanted, before.wanted)
                || differMaterially(demand, before.demand);
    }

    private static boolean differMaterially(Map<String, Integer> now, Map<String, Integer> before) {
        Set<String> backends = new HashSet<>(now.keySet());
        backends.addAll(before.keySet());
        return backends.stream().anyMatch(backend -> {
            int one = now.getOrDefault(backend, 0);
            int other = before.getOrDefault(backend, 0);
            return (one == 0) != (other == 0) || 4 * Math.abs(one - other) > Math.max(one, other);
        });
    }
}
