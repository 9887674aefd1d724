package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.DispatcherConfig;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.Topics;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes result chunks to Kafka and keeps at it until they are acknowledged. A thread of its own stands between the lanes and the
 * producer, since {@code send} may block while Kafka is away; the bytes that wait are bounded because lanes start no line past
 * {@link #hasRoom}.
 */
@Singleton // asked for every line: without a proxy
class ChunkSender {
    private static final Logger LOG = Logger.getLogger(ChunkSender.class);
    private static final long RETRY_MILLIS = 500;
    private static final Duration CLOSE = Duration.ofSeconds(5);
    /** One thread sends for all partitions: it waits for none that Kafka does not know. */
    private static final int BLOCK_MILLIS = 200;

    private final KafkaProducer<byte[], byte[]> producer;
    private final SliceReports reports;
    private final ResultsTail tail;
    private final long budget;
    private final AtomicLong unsentBytes = new AtomicLong();
    private final Map<Integer, AtomicLong> unsentByPartition = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<Outgoing> queue = new LinkedBlockingQueue<>();
    private final Thread thread =
            Thread.ofPlatform().name("chunk-sender").daemon().unstarted(this::run);

    private record Outgoing(SliceRun run, int lines, byte[] value) {}

    ChunkSender(
            @Identifier("default-kafka-broker") Map<String, Object> kafka,
            SliceReports reports,
            ResultsTail tail,
            DispatcherConfig config) {
        Map<String, Object> settings = KafkaSettings.producer(kafka);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MILLIS);
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        this.reports = reports;
        this.tail = tail;
        this.budget = config.unsentBytes();
        this.thread.start();
    }

    /** Takes a copy of a chunk over; never blocks. */
    void send(SliceRun run, ResultChunk chunk) {
        byte[] value = chunk.encode();
        count(run, value.length);
        queue.add(new Outgoing(run, chunk.entries().size(), value));
    }

    /** Whether Kafka keeps up. */
    boolean hasRoom() {
        return unsentBytes.get() < budget;
    }

    /** Whether it keeps up with a partition of the results: one may spend half of the budget, so that others still have room. */
    boolean hasRoom(int partition) {
        AtomicLong unsent = unsentByPartition.get(partition);
        return unsent == null || unsent.get() < budget / 2;
    }

    private void count(SliceRun run, int bytes) {
        unsentBytes.addAndGet(bytes);
        unsentByPartition
                .computeIfAbsent(run.claim().resultsPartition(), partition -> new AtomicLong())
                .addAndGet(bytes);
    }

    private void run() {
        try {
            while (true) {
                transmit(queue.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void transmit(Outgoing outgoing) {
        SliceClaim claim = outgoing.run().claim();
        byte[] key = claim.slice().batchId().getBytes(StandardCharsets.UTF_8);
        try {
            producer.send(
                    new ProducerRecord<>(Topics.RESULTS, claim.resultsPartition(), key, outgoing.value()),
                    (metadata, failure) -> acknowledged(outgoing, metadata, failure));
        } catch (RuntimeException e) {
            again(outgoing, e);
        }
    }

    private void acknowledged(Outgoing outgoing, RecordMetadata metadata, @Nullable Exception failure) {
        if (failure != null) {
            again(outgoing, failure);
            return;
        }
        count(outgoing.run(), -outgoing.value().length);
        tail.written(metadata.partition(), metadata.offset(), outgoing.value().length);
        if (outgoing.run().durable(outgoing.lines(), metadata.offset())) {
            reports.add(outgoing.run());
        }
    }

    /** The result of a call that was made is never given up: the producer's own retries first, then ours. */
    private void again(Outgoing outgoing, Exception failure) {
        LOG.warnf(
                "LH-D020 Kafka did not take a result chunk of %s, trying again: %s",
                outgoing.run().claim().slice(), failure);
        CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS).execute(() -> queue.add(outgoing));
    }

    /** What Kafka has not taken by then is called again by whoever gets the slices. */
    void stop(@Observes ShutdownEvent event) {
        thread.interrupt();
        producer.close(CLOSE);
    }
}
