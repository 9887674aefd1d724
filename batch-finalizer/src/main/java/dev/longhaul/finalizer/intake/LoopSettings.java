package dev.longhaul.finalizer.intake;

import java.time.Duration;
import java.util.Map;

/**
 * How the results loop runs.
 *
 * @param kafka client settings: at least {@code bootstrap.servers}
 * @param instance the static membership's id, unique among running processes and the same after a restart
 * @param returns whether the instance's partitions wait for it when it is closed, because it will be back soon
 * @param checkpointEvery the longest time between checkpoints while there is something to record
 */
public record LoopSettings(Map<String, Object> kafka, String instance, boolean returns, Duration checkpointEvery) {
    public LoopSettings {
        kafka = Map.copyOf(kafka);
    }
}
