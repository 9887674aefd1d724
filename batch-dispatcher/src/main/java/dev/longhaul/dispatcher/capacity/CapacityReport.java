package dev.longhaul.dispatcher.capacity;

import io.vertx.core.json.JsonObject;
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
 * @param applied slots that it may have in use under that grant: its share, or the calls in flight while they are more
 */
record CapacityReport(
        long grant,
        boolean draining,
        Map<String, Integer> wanted,
        Map<String, Integer> demand,
        Map<String, Integer> applied) {
    /** What a process says that holds nothing. */
    static final CapacityReport NOTHING = new CapacityReport(0, false, Map.of(), Map.of(), Map.of());

    CapacityReport {
        wanted = Map.copyOf(wanted);
        demand = Map.copyOf(demand);
        applied = Map.copyOf(applied);
    }

    JsonObject encode() {
        return new JsonObject()
                .put("grant", grant)
                .put("draining", draining)
                .put("wanted", Amounts.encode(wanted))
                .put("demand", Amounts.encode(demand))
                .put("applied", Amounts.encode(applied));
    }

    static CapacityReport decode(JsonObject json) {
        return new CapacityReport(
                json.getLong("grant", 0L),
                json.getBoolean("draining", false),
                Amounts.decode(json.getJsonObject("wanted", new JsonObject())),
                Amounts.decode(json.getJsonObject("demand", new JsonObject())),
                Amounts.decode(json.getJsonObject("applied", new JsonObject())));
    }

    /** Whether the leader should hear of it at once: an amount that came or went, or that changed by more than a quarter. */
    boolean differsMaterially(CapacityReport before) {
        return grant != before.grant
                || draining != before.draining
                || !applied.equals(before.applied)
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
