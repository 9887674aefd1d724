package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.Topics;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;

/** Where a hint that cannot be read goes, so that it never comes again. The slice it meant is released again as unclaimed. */
@ApplicationScoped
class HintDeadLetters {
    private static final Logger LOG = Logger.getLogger(HintDeadLetters.class);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private final KafkaProducer<byte[], byte[]> producer;

    HintDeadLetters(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.producer = new KafkaProducer<>(
                KafkaSettings.producer(kafka), new ByteArraySerializer(), new ByteArraySerializer());
    }

    void send(ConsumerRecord<byte[], byte[]> record, Exception why) {
        LOG.errorf(
                "LH-D033 a record on %s cannot be read and goes to its dead-letter topic: %s",
                record.topic(), why.getMessage());
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(Topics.deadLetter(record.topic()), record.key(), record.value());
        letter.headers().add("longhaul-reason", String.valueOf(why.getMessage()).getBytes(StandardCharsets.UTF_8));
        letter.headers()
                .add(
                        "longhaul-source",
                        (record.topic() + "-" + record.partition() + "@" + record.offset())
                                .getBytes(StandardCharsets.UTF_8));
        producer.send(letter);
    }

    @PreDestroy
    void close() {
        producer.close(CLOSE);
    }
}
