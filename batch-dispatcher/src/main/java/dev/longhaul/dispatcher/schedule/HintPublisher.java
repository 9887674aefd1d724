package dev.longhaul.dispatcher.schedule;

import dev.longhaul.dispatcher.dispatch.KafkaSettings;
import dev.longhaul.model.SliceHints;
import dev.longhaul.model.Topics;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;

/** Puts hints on {@code batch.slices}. A hint that is lost costs seconds: it is sent again. */
@ApplicationScoped
class HintPublisher {
    private static final Logger LOG = Logger.getLogger(HintPublisher.class);
    private static final int PATIENCE_MILLIS = 2_000;

    private final KafkaProducer<byte[], byte[]> producer;

    HintPublisher(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        Map<String, Object> settings = KafkaSettings.producer(kafka);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MILLIS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MILLIS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * PATIENCE_MILLIS);
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    void publish(List<SliceHints> records) {
        for (SliceHints record : records) {
            // The key spreads records over the partitions, and so over the dispatchers.
            byte[] key = record.hints().getFirst().slice().toString().getBytes(StandardCharsets.UTF_8);
            Future<RecordMetadata> sent = producer.send(new ProducerRecord<>(Topics.SLICES, key, record.encode()));
            if (sent.state() == Future.State.FAILED) {
                // Kafka is away, and each further hint would wait for it in vain, past the end of the leader's lease.
                LOG.warnf("LH-D053 hints cannot be sent and will be sent again: %s", sent.exceptionNow());
                return;
            }
        }
    }

    @PreDestroy
    void close() {
        producer.close(Duration.ofMillis(PATIENCE_MILLIS));
    }
}
