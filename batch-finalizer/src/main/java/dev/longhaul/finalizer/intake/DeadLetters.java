package dev.longhaul.finalizer.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longhaul.model.Topics;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jboss.logging.Logger;

/** Puts records that nobody can use aside, with the reason, so that their partition goes on. */
public final class DeadLetters {
    private static final Logger LOG = Logger.getLogger(DeadLetters.class);
    private static final long TIMEOUT_SECONDS = 5;

    private final Producer<byte[], byte[]> producer;
    private final AtomicLong count = new AtomicLong();

    public DeadLetters(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /** Writes the record to the dead-letter topic and waits until it is safe there; returns false if Kafka does not take it now. */
    boolean put(ConsumerRecord<byte[], byte[]> poison, String reason) {
        List<Header> headers = List.of(
                header("reason", reason),
                header("source-topic", poison.topic()),
                header("source-partition", Integer.toString(poison.partition())),
                header("source-offset", Long.toString(poison.offset())));
        String topic = Topics.deadLetter(poison.topic());
        try {
            producer.send(new ProducerRecord<>(topic, null, poison.key(), poison.value(), headers))
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            LOG.warnf("LH-F014 a dead letter cannot be written to %s, trying again: %s", topic, e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        count.incrementAndGet();
        LOG.errorf(
                "LH-F002 a record can't be used and is in %s: partition=%d offset=%d reason=%s",
                topic, poison.partition(), poison.offset(), reason);
        return true;
    }

    /** How many records this process has put aside. */
    public long count() {
        return count.get();
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(UTF_8));
    }
}
