package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.store.kafka.ProducerSettings;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** What our own Kafka clients add to the connection settings of the {@code kafka.*} configuration. */
public final class KafkaSettings {
    private KafkaSettings() {}

    /** A producer that gives nothing up and waits for nothing. */
    public static Map<String, Object> producer(Map<String, Object> connection) {
        Map<String, Object> settings = ProducerSettings.of(connection);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024);
        return settings;
    }

    /** A share consumer that takes just the hints it has room for and says of each what became of it. */
    public static Map<String, Object> shareConsumer(Map<String, Object> connection, String group, int records) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, records);
        settings.put("share.acknowledgement.mode", "explicit");
        settings.put("share.acquire.mode", "record_limit");
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        return settings;
    }
}
