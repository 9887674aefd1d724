package dev.longhaul.finalizer.intake;

import dev.longhaul.finalizer.checkpoint.CheckpointWriter;
import dev.longhaul.finalizer.checkpoint.PartitionStore;
import dev.longhaul.finalizer.gather.Gatherer;
import dev.longhaul.finalizer.gather.PartitionMark;
import dev.longhaul.finalizer.ownership.OwnedPartitions;
import dev.longhaul.model.MalformedRecordException;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.SliceId;
import dev.longhaul.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jboss.logging.Logger;

/**
 * One life of a consumer, run by one thread. The offsets are PostgreSQL's: a partition is read from its recorded offset once it is
 * taken over under a new epoch. When a store fails in the middle of anything, the partitions are forgotten and taken over again:
 * the way back after a failure is the way in after a start, and there is no other.
 */
final class ResultsLoop {
    private static final Logger LOG = Logger.getLogger(ResultsLoop.class);
    private static final long IDLE_WAIT_MILLIS = 200;
    private static final long BUSY_WAIT_MILLIS = 5;

    private final Consumer<byte[], byte[]> consumer;
    private final Gatherer gatherer;
    private final PartitionStore partitions;
    private final CheckpointWriter checkpoints;
    private final ObjectWrites writes;
    private final DeadLetters deadLetters;
    private final OwnedPartitions owned;
    private final Assignment assignment;
    private final long checkpointEveryMillis;

    private long lastCheckpoint = now();

    ResultsLoop(
            Consumer<byte[], byte[]> consumer,
            Gatherer gatherer,
            PartitionStore partitions,
            CheckpointWriter checkpoints,
            ObjectWrites writes,
            DeadLetters deadLetters,
            OwnedPartitions owned,
            LogBounds log,
            Duration checkpointEvery) {
        this.consumer = consumer;
        this.gatherer = gatherer;
        this.partitions = partitions;
        this.checkpoints = checkpoints;
        this.writes = writes;
        this.deadLetters = deadLetters;
        this.owned = owned;
        this.assignment = new Assignment(consumer, new Takeovers(partitions, log), gatherer, owned);
        this.checkpointEveryMillis = checkpointEvery.toMillis();
    }

    void subscribe() {
        assignment.subscribe();
    }

    /**
     * One turn: some milliseconds while there is work, a fraction of a second otherwise.
     *
     * @param ended batches that ended elsewhere, to be forgotten
     */
    void turn(Queue<String> ended) {
        try {
            forget(ended);
            assignment.takeOver();
            // While the memory is spent and waits for objects to be written, nothing more is fetched.
            assignment.pause(gatherer.isBudgetSpent() && writes.isBusy());
            gather(poll());
            store();
            checkpoint();
        } catch (StoreException | RetriableException e) {
            LOG.warnf("LH-F003 a store failed, partitions are taken over again: %s", e.getMessage());
            assignment.startOver();
        }
    }

    /** Gives up what is owned; nothing is to be written, since all that counts is recorded. */
    void abandon() {
        assignment.abandon();
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        long wait = writes.isBusy() || assignment.isBusy()
                ? BUSY_WAIT_MILLIS
                : Math.min(IDLE_WAIT_MILLIS, checkpointEveryMillis);
        try {
            return consumer.poll(Duration.ofMillis(wait));
        } catch (OffsetOutOfRangeException e) {
            LOG.warnf("LH-F005 the log was cut under the reader: %s", e.getMessage());
            e.offsetOutOfRangePartitions()
                    .keySet()
                    .forEach(partition -> assignment.takeOverSoon(partition.partition()));
            return ConsumerRecords.empty();
        }
    }

    private void gather(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            if (gatherer.owns(partition.partition())) {
                gather(partition.partition(), records.records(partition));
            }
        }
        gatherer.forgetEnded();
    }

    private void forget(Queue<String> ended) {
        List<String> forgotten = new ArrayList<>();
        for (String next = ended.poll(); next != null; next = ended.poll()) {
            forgotten.add(next);
        }
        gatherer.forget(forgotten);
    }

    private void gather(int partition, List<ConsumerRecord<byte[], byte[]>> records) {
        List<Arrival> arrivals = records.stream().map(Arrival::of).toList();
        Set<SliceId> unknown = new HashSet<>();
        for (Arrival arrival : arrivals) {
            ResultChunk chunk = arrival.chunk();
            if (chunk != null && gatherer.isUnknown(partition, chunk.slice())) {
                unknown.add(chunk.slice());
            }
        }
        if (!unknown.isEmpty()) {
            PartitionStore.Facts facts = partitions.facts(unknown);
            gatherer.learn(partition, facts.batches(), facts.slices());
        }
        long now = now();
        for (Arrival arrival : arrivals) {
            String obstacle = gather(partition, arrival, now);
            if (!obstacle.isEmpty()) {
                assignment.hold(partition, arrival.source().offset(), obstacle);
                return;
            }
            owned.gathered(partition, arrival.source().offset() + 1);
        }
    }

    /** Returns what keeps this record, and so its partition, from being gathered now; empty when nothing does. */
    private String gather(int partition, Arrival arrival, long now) {
        if (arrival.newer()) {
            return arrival.problem();
        }
        long offset = arrival.source().offset();
        ResultChunk chunk = arrival.chunk();
        try {
            if (chunk == null) {
                throw new MalformedRecordException(arrival.problem());
            }
            gatherer.gather(partition, offset, chunk, now);
        } catch (MalformedRecordException e) {
            if (!deadLetters.put(arrival.source(), e.toString())) {
                return "a dead letter cannot be written";
            }
            if (chunk != null) {
                partitions.executeAgain(chunk.slice());
            }
            gatherer.skip(partition, offset);
        }
        return "";
    }

    private void store() {
        writes.drainWritten().forEach(gatherer::stored);
        gatherer.toStore(now()).forEach(writes::start);
    }

    private void checkpoint() {
        // Small segments that no object is written for come free only by being recorded.
        boolean spent = gatherer.isBudgetSpent() && !writes.isBusy();
        boolean regular = spent || now() - lastCheckpoint >= checkpointEveryMillis;
        if (!regular && !gatherer.isUrgent()) {
            return;
        }
        if (regular) {
            lastCheckpoint = now();
        }
        List<PartitionMark> marks = gatherer.draftCheckpoint(!regular);
        if (marks.isEmpty()) {
            return;
        }
        CheckpointWriter.Written written = checkpoints.write(marks);
        gatherer.recorded(written.partitions());
        gatherer.forget(written.ended());
        owned.ended(written.ended());
        for (PartitionMark mark : marks) {
            if (!written.partitions().contains(mark.partition())) {
                LOG.warnf(
                        "LH-F006 no checkpoint: partition=%d under epoch=%d has another owner, or was refused",
                        mark.partition(), mark.epoch());
                assignment.takeOverLater(mark.partition(), "its checkpoint has another owner, or was refused");
            }
        }
        if (gatherer.isBudgetSpent()) {
            gatherer.closeRecorded();
        }
    }

    /** A monotonic clock's milliseconds. */
    static long now() {
        return System.nanoTime() / 1_000_000;
    }
}
