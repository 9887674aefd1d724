package dev.longhaul.store.kafka;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How topics are created. */
@ConfigMapping(prefix = "longhaul.topics")
public interface TopicsConfig {
    /** Copies of each record, at least 1; more than there are brokers cannot be created. */
    @WithDefault("1")
    short replicationFactor();

    /** Partitions of {@code batch.results}, at least 1; may be raised later, never lowered. */
    @WithDefault("8")
    int resultsPartitions();
}
