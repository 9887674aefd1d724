package dev.longhaul.dispatcher.schedule;

import dev.longhaul.dispatcher.dispatch.KafkaSettings;
import dev.longhaul.model.SliceHint;
import dev.longhaul.model.Topics;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts hints on {@code batch.slices}. A hint that is lost costs seconds: its slice is released again. */
@ApplicationScoped
class HintPublisher {
    private static final int PATIENCE_MILLIS = 2_000;

    private final KafkaProducer<byte[], byte[]> producer;

    HintPublisher(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        Map<String, Object> settings = KafkaSettings.producer(kafka);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MILLIS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * PATIENCE_MILLIS);
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    void publish(List<SliceHint> hints) {
        for (SliceHint hint : hints) {
            producer.send(new ProducerRecord<>(
                    Topics.SLICES, hint.slice().toString().getBytes(StandardCharsets.UTF_8), hint.encode()));
        }
    }
}
