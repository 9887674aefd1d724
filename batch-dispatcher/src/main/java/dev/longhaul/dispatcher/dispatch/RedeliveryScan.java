package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.MalformedRecordException;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.SliceId;
import dev.longhaul.model.Topics;
import dev.longhaul.store.kafka.ResultsConsumerSettings;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * Finds the lines of redelivered slices whose results are in Kafka already: those sealed (the bitmap) and those in chunks between the
 * checkpoint and the end of the results partition. Never reports a line that has no result; what it misses is called again and its
 * second result dropped by the finalizer. All slices of a partition that wait at the same time share one scan. Any thread.
 */
@ApplicationScoped
class RedeliveryScan {
    private static final Logger LOG = Logger.getLogger(RedeliveryScan.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Map<String, Object> kafka;
    /** By partition; a partition that is here has a thread that scans it. */
    private final Map<Integer, List<Waiting>> waiting = new HashMap<>();

    RedeliveryScan(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
        this.kafka = kafka;
    }

    private record Waiting(SliceClaim claim, BooleanSupplier wanted, Consumer<Done> found, Runnable givenUp) {}

    /**
     * Looks for a slice's lines and returns at once.
     *
     * @param wanted asked before the scan: whether anybody still wants to know
     * @param found is given what was found, on another thread
     * @param givenUp is called instead when it is no longer wanted, or when Kafka does not answer
     */
    void find(SliceClaim claim, BooleanSupplier wanted, Consumer<Done> found, Runnable givenUp) {
        int partition = claim.resultsPartition();
        synchronized (waiting) {
            List<Waiting> others = waiting.get(partition);
            if (others == null) {
                others = new ArrayList<>();
                waiting.put(partition, others);
                Thread.ofVirtual().name("redelivery-scan").start(() -> scanAll(partition));
            }
            others.add(new Waiting(claim, wanted, found, givenUp));
        }
    }

    private void scanAll(int partition) {
        for (List<Waiting> next = take(partition); !next.isEmpty(); next = take(partition)) {
            Map<Boolean, List<Waiting>> byWanted = next.stream()
                    .collect(Collectors.partitioningBy(one -> one.wanted().getAsBoolean()));
            byWanted.getOrDefault(false, List.of()).forEach(one -> one.givenUp().run());
            scan(partition, byWanted.getOrDefault(true, List.of()));
        }
    }

    private List<Waiting> take(int partition) {
        synchronized (waiting) {
            List<Waiting> all = waiting.getOrDefault(partition, List.of());
            if (all.isEmpty()) {
                waiting.remove(partition);
            } else {
                waiting.put(partition, new ArrayList<>());
            }
            return all;
        }
    }

    private void scan(int partition, List<Waiting> slices) {
        if (slices.isEmpty()) {
            return;
        }
        Map<SliceId, Done> done;
        try {
            done = doneLines(partition, slices.stream().map(Waiting::claim).toList());
        } catch (RuntimeException e) {
            // Without it, lines whose results are written would be called once more.
            LOG.warnf("LH-D031 cannot look for results of %d redelivered slices: %s", slices.size(), e.getMessage());
            slices.forEach(one -> one.givenUp().run());
            return;
        }
        slices.forEach(one -> one.found().accept(done.getOrDefault(one.claim().slice(), Done.before(one.claim()))));
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

    /** One read of a partition for all of the claims; blocks, and throws when Kafka does not answer or the scan stands still. */
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
            long movedNanos = System.nanoTime();
            while (consumer.position(source) < end) {
                long before = consumer.position(source);
                for (ConsumerRecord<byte[], byte[]> record : poll(consumer, source)) {
                    note(record.value(), done);
                }
                if (consumer.position(source) != before) {
                    movedNanos = System.nanoTime();
                } else if (System.nanoTime() - movedNanos > PATIENCE_NANOS) {
                    // The log may have been truncated below its former end.
                    throw new TimeoutException("no record at offset " + before + " of partition " + partition);
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
