package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.MalformedRecordException;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.SliceId;
import dev.longhaul.model.Topics;
import dev.longhaul.store.kafka.ResultsConsumerSettings;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Finds the lines of redelivered slices whose results are in Kafka already: those sealed (the bitmap) and those in chunks between the
 * checkpoint and the end of the results partition. Never too much is found; what is missed is called again and its second result
 * dropped by the finalizer.
 */
@ApplicationScoped
class RedeliveryScan {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Object> kafka;

    RedeliveryScan(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.kafka = kafka;
    }

    /**
     * What of a slice is settled already.
     *
     * @param lines by their index in the slice
     * @param end the offset of the results partition before which they were found; 0 when none was looked for
     */
    record Done(BitSet lines, long end) {
        /** Of a slice of which every line is to be run. */
        static Done nothing() {
            return new Done(new BitSet(), 0);
        }

        /** Of a slice that was never claimed before: the lines that its batch leaves out. */
        static Done before(SliceClaim claim) {
            return new Done(bits(claim), 0);
        }
    }

    /** One read of a partition for all of the claims, which share it; blocks, and throws when Kafka does not answer. */
    Map<SliceId, Done> doneLines(int partition, Collection<SliceClaim> claims) {
        Map<SliceId, BitSet> done = new HashMap<>();
        long from = Long.MAX_VALUE;
        for (SliceClaim claim : claims) {
            done.put(claim.slice(), bits(claim));
            from = Math.min(from, claim.checkpointOffset());
        }
        long end;
        TopicPartition source = new TopicPartition(Topics.RESULTS, partition);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                ResultsConsumerSettings.of(kafka), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(source));
            end = endOf(consumer, source);
            consumer.seek(source, Math.max(from, beginningOf(consumer, source)));
            while (consumer.position(source) < end) {
                for (ConsumerRecord<byte[], byte[]> record : poll(consumer, source)) {
                    note(record.value(), done);
                }
            }
        }
        long seen = end;
        return done.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, one -> new Done(one.getValue(), seen)));
    }

    private static BitSet bits(SliceClaim claim) {
        byte[] bitmap = claim.bitmap();
        return bitmap == null ? new BitSet() : BitSet.valueOf(bitmap);
    }

    private static long endOf(KafkaConsumer<byte[], byte[]> consumer, TopicPartition source) {
        return consumer.endOffsets(List.of(source)).getOrDefault(source, 0L);
    }

    private static long beginningOf(KafkaConsumer<byte[], byte[]> consumer, TopicPartition source) {
        return consumer.beginningOffsets(List.of(source)).getOrDefault(source, 0L);
    }

    private static Iterable<ConsumerRecord<byte[], byte[]>> poll(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition source) {
        try {
            return consumer.poll(POLL);
        } catch (OffsetOutOfRangeException e) {
            // Sealed and deleted while we looked: what is gone is in the bitmap of somebody's later snapshot.
            consumer.seek(source, beginningOf(consumer, source));
            return List.of();
        }
    }

    private static void note(byte[] value, Map<SliceId, BitSet> done) {
        try {
            ResultChunk chunk = ResultChunk.decode(value);
            BitSet lines = done.get(chunk.slice());
            if (lines != null) {
                chunk.entries().forEach(entry -> lines.set(entry.line()));
            }
        } catch (MalformedRecordException e) {
            // Its finalizer sends it to the dead-letter topic; here it tells of no line.
        }
    }
}
