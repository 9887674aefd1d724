package dev.longhaul.dispatcher.schedule;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a slice asks of a backend.
 *
 * @param model null when its lines mix models
 */
record Demand(@Nullable String model, String endpoint) {
    /** The model as the index of pending slices has it. */
    String key() {
        return Objects.requireNonNullElse(model, "");
    }

    static Demand ofKey(String key, String endpoint) {
        return new Demand(key.isEmpty() ? null : key, endpoint);
    }
}
