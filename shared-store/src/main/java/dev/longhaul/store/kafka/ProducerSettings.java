package dev.longhaul.store.kafka;

import dev.longhaul.model.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;

/** How our own producers write to Kafka. */
public final class ProducerSettings {
    private ProducerSettings() {}

    /**
     * Idempotent, acknowledged by all replicas, compressed by the record batch.
     *
     * @param connection the {@code kafka.*} configuration
     * @return a new map, which may be changed
     */
    public static Map<String, Object> of(Map<String, Object> connection) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_RECORD_BYTES);
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return settings;
    }
}
