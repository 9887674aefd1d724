package dev.longhaul.finalizer.unserved;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longhaul.finalizer.settle.StoppedBatch;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.Topics;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.MissingObjectException;
import dev.longhaul.store.StoreException;
import dev.longhaul.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Takes a few slices of a stopped batch, answers their lines through the results topic and reports them. Any thread. */
final class PortionAnswers {
    private static final Logger LOG = Logger.getLogger(PortionAnswers.class);
    private static final long ACK_SECONDS = 30;

    private final UnservedSlices slices;
    private final FileSegments files;
    private final Producer<byte[], byte[]> producer;

    PortionAnswers(UnservedSlices slices, FileSegments files, Producer<byte[], byte[]> producer) {
        this.slices = slices;
        this.files = files;
        this.producer = producer;
    }

    /**
     * A portion whose answers are on their way.
     *
     * @param taken how many slices were taken; those that are not answered are taken again by the next call
     * @param problem why slices are not answered
     */
    record Sent(int taken, List<Sending> sendings, @Nullable StoreException problem) {}

    record Sending(TakenSlice slice, List<Future<RecordMetadata>> acknowledgements) {}

    /**
     * What became of a portion.
     *
     * @param lastOffset the offset of the last answer; -1 if there is none
     */
    record Outcome(int taken, long lastOffset, @Nullable StoreException problem) {}

    /**
     * Takes up to {@code most} slices and sends their answers; one whose object is missing does not keep the others from being answered.
     *
     * @param giveUpMissing whether lines whose object is missing are answered without their {@code custom_id}
     */
    Sent send(StoppedBatch batch, long epoch, int most, boolean giveUpMissing) {
        List<TakenSlice> taken = slices.take(batch, epoch, most);
        List<Sending> sendings = new ArrayList<>();
        StoreException problem = null;
        List<FileSegments.Segment> segments = taken.isEmpty() ? List.of() : files.of(batch.inputFileId());
        AnswerWriter writer = new AnswerWriter();
        for (TakenSlice slice : taken) {
            try {
                byte[] bytes = read(segments, slice, giveUpMissing);
                List<Future<RecordMetadata>> acknowledgements = new ArrayList<>();
                writer.write(slice, bytes, batch.reason(), chunk -> acknowledgements.add(send(batch, chunk)));
                sendings.add(new Sending(slice, acknowledgements));
            } catch (MissingObjectException e) {
                problem = e;
            } catch (StoreException e) {
                // S3 or Kafka is away: the other slices would only wait for it as well.
                problem = e;
                break;
            }
        }
        return new Sent(taken.size(), sendings, problem);
    }

    /** Waits until the answers are in the log, and reports their slices. */
    Outcome finish(StoppedBatch batch, Sent sent) throws InterruptedException {
        List<UnservedSlices.Answered> answered = new ArrayList<>();
        StoreException problem = sent.problem();
        long last = -1;
        try {
            for (Sending sending : sent.sendings()) {
                long lastOfSlice = -1;
                for (Future<RecordMetadata> one : sending.acknowledgements()) {
                    lastOfSlice = Math.max(
                            lastOfSlice, one.get(ACK_SECONDS, TimeUnit.SECONDS).offset());
                }
                answered.add(new UnservedSlices.Answered(sending.slice(), lastOfSlice));
                last = Math.max(last, lastOfSlice);
            }
        } catch (ExecutionException | TimeoutException e) {
            problem = refused(e);
        }
        if (!answered.isEmpty()) {
            slices.report(batch.id(), answered);
        }
        return new Outcome(sent.taken(), last, problem);
    }

    private byte @Nullable [] read(List<FileSegments.Segment> segments, TakenSlice slice, boolean giveUpMissing) {
        try {
            return files.read(segments, slice.offset(), slice.length());
        } catch (MissingObjectException e) {
            if (!giveUpMissing) {
                throw e;
            }
            LOG.errorf(
                    "LH-F023 the input of a stopped slice is missing, its lines are answered without custom_id, sliceId=%s: %s",
                    slice.id(), e.getMessage());
            return null;
        }
    }

    private Future<RecordMetadata> send(StoppedBatch batch, ResultChunk chunk) {
        try {
            return producer.send(new ProducerRecord<>(
                    Topics.RESULTS, batch.partition(), batch.id().getBytes(UTF_8), chunk.encode()));
        } catch (KafkaException e) {
            throw refused(e);
        }
    }

    private static StoreUnavailableException refused(Exception e) {
        return new StoreUnavailableException("Kafka does not take answers: " + e, e);
    }
}
