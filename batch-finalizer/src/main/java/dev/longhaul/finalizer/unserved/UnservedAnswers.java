package dev.longhaul.finalizer.unserved;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longhaul.finalizer.ownership.OwnedPartitions;
import dev.longhaul.finalizer.settle.StoppedBatch;
import dev.longhaul.model.Topics;
import dev.longhaul.store.Database;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.StoreException;
import dev.longhaul.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * Works off stopped batches in turn, a few slices of each, by two threads that hold one slice in memory each and go no faster than
 * their answers are gathered: a batch of ten million cancelled lines delays nobody.
 */
public final class UnservedAnswers implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(UnservedAnswers.class);
    private static final int THREADS = 2;
    private static final int PORTION = 8;
    private static final long RETRY_MILLIS = 1_000;
    private static final long ACK_SECONDS = 150;
    private static final Duration GATHER_WAIT = Duration.ofSeconds(30);

    private final OwnedPartitions owned;
    private final UnservedSlices slices;
    private final FileSegments files;
    private final Producer<byte[], byte[]> producer;
    private final BlockingQueue<StoppedBatch> queue = new LinkedBlockingQueue<>();
    private final Set<String> queued = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>();

    public UnservedAnswers(
            OwnedPartitions owned, Database database, FileSegments files, Producer<byte[], byte[]> producer) {
        this.owned = owned;
        this.slices = new UnservedSlices(database);
        this.files = files;
        this.producer = producer;
    }

    public void start() {
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofVirtual().name("unserved-" + i).start(this::run));
        }
    }

    /** Has these batches worked on; returns at once. */
    public void offer(Collection<StoppedBatch> batches) {
        for (StoppedBatch batch : batches) {
            if (queued.add(batch.id())) {
                queue.add(batch);
            }
        }
    }

    private void run() {
        AnswerWriter writer = new AnswerWriter();
        try {
            while (true) {
                StoppedBatch batch = queue.take();
                if (answerPortion(writer, batch)) {
                    queue.add(batch);
                } else {
                    // Should there be more later, the next look at the open batches offers it again.
                    queued.remove(batch.id());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** False when nothing of the batch is left to take, or another process owns it. */
    private boolean answerPortion(AnswerWriter writer, StoppedBatch batch) throws InterruptedException {
        OptionalLong epoch = owned.epoch(batch.partition());
        if (epoch.isEmpty()) {
            return false;
        }
        List<TakenSlice> taken = List.of();
        while (owned.owns(batch.partition(), epoch.getAsLong())) {
            try {
                if (taken.isEmpty()) {
                    taken = slices.take(batch, epoch.getAsLong(), PORTION);
                }
                if (taken.isEmpty()) {
                    return false;
                }
                long last = answer(writer, batch, taken);
                owned.awaitGathered(batch.partition(), epoch.getAsLong(), last, GATHER_WAIT);
                return true;
            } catch (StoreException e) {
                LOG.warnf("LH-F021 unserved lines are not answered yet, batchId=%s: %s", batch.id(), e.getMessage());
            } catch (RuntimeException e) {
                LOG.errorf(e, "LH-F022 answering unserved lines failed, batchId=%s", batch.id());
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        }
        return false;
    }

    private long answer(AnswerWriter writer, StoppedBatch batch, List<TakenSlice> taken) throws InterruptedException {
        List<FileSegments.Segment> segments = files.of(batch.inputFileId());
        byte[] key = batch.id().getBytes(UTF_8);
        List<UnservedSlices.Answered> answered = new ArrayList<>();
        long last = -1;
        for (TakenSlice slice : taken) {
            byte[] bytes = files.read(segments, slice.offset(), slice.length());
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            writer.write(
                    slice,
                    bytes,
                    batch.reason(),
                    chunk -> sent.add(producer.send(
                            new ProducerRecord<>(Topics.RESULTS, batch.partition(), key, chunk.encode()))));
            long lastOfSlice = -1;
            for (Future<RecordMetadata> one : sent) {
                lastOfSlice = Math.max(lastOfSlice, acknowledged(one));
            }
            answered.add(new UnservedSlices.Answered(slice, lastOfSlice));
            last = Math.max(last, lastOfSlice);
        }
        slices.report(batch.id(), answered);
        return last;
    }

    private static long acknowledged(Future<RecordMetadata> sent) throws InterruptedException {
        try {
            return sent.get(ACK_SECONDS, TimeUnit.SECONDS).offset();
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new StoreUnavailableException("Kafka does not take answers: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }
}
