package dev.longhaul.dispatcher.backend;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The gates of the models that were called at one backend. Any thread. */
public final class ModelGates {
    private final Map<String, ModelGate> gates = new ConcurrentHashMap<>();

    /** That of a model, by the tenants' name; of lines that name none when that is empty or null. */
    ModelGate of(@Nullable String model) {
        String name = model == null ? "" : model;
        ModelGate known = gates.get(name);
        return known == null ? gates.computeIfAbsent(name, unknown -> new ModelGate(System.nanoTime())) : known;
    }

    /** All of them, by the models' names. */
    Map<String, ModelGate> byModel() {
        return Collections.unmodifiableMap(gates);
    }

    /** The models of which no further line is of use here: they are shut, and a line of this process finds out when they open. */
    public List<String> unwantedModels() {
        long now = System.nanoTime();
        return gates.entrySet().stream()
                .filter(gate -> !gate.getValue().wantsLines(now))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Whether some model is shut. */
    public boolean isAnyShut() {
        for (ModelGate gate : gates.values()) {
            if (!gate.isOpen()) {
                return true;
            }
        }
        return false;
    }

    /** Whether some line may be wanted to probe a model. */
    public boolean isProbeDue(long nowNanos) {
        for (ModelGate gate : gates.values()) {
            if (gate.isProbeDue(nowNanos)) {
                return true;
            }
        }
        return false;
    }

    /** Something says that the models may be served again. */
    void hint() {
        long now = System.nanoTime();
        gates.values().forEach(gate -> gate.hint(now));
    }
}
