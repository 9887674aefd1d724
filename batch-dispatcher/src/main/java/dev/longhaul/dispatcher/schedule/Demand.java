package dev.longhaul.dispatcher.schedule;

import org.jspecify.annotations.Nullable;

/**
 * What a slice asks of a backend.
 *
 * @param model null when its lines mix models
 */
record Demand(@Nullable String model, String endpoint) {}
