package dev.longhaul.store.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** How {@code batch.results} is read: from offsets that PostgreSQL keeps, and little at a time. */
public final class ResultsConsumerSettings {
    /** What is fetched is bounded as it is compressed; each record of a poll is whole, and may have grown to 20 MiB. */
    private static final int RECORDS_A_POLL = 2;

    private static final int FETCH_BYTES = 4 * 1024 * 1024;

    private ResultsConsumerSettings() {}

    /**
     * What all readers have in common; {@code group.id} and deserializers are the caller's.
     *
     * @param connection the {@code kafka.*} configuration
     * @return a new map, which may be changed
     */
    public static Map<String, Object> of(Map<String, Object> connection) {
        Map<String, Object> settings = new HashMap<>(connection);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_A_POLL);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        return settings;
    }
}
