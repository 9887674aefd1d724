package dev.longhaul.finalizer.intake;

import dev.longhaul.finalizer.checkpoint.CheckpointWriter;
import dev.longhaul.finalizer.checkpoint.Ownership;
import dev.longhaul.finalizer.gather.Gatherer;
import dev.longhaul.finalizer.gather.PartitionMark;
import dev.longhaul.model.MalformedRecordException;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.SliceId;
import dev.longhaul.model.Topics;
import dev.longhaul.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jboss.logging.Logger;

/**
 * One life of a consumer, run by one thread. The offsets are PostgreSQL's: a partition is read from its recorded offset once it is
 * taken over under a new epoch. When a store fails in the middle of anything, the partitions are forgotten and taken over anew:
 * the way back after a failure is the way in after a start, and there is no other.
 */
final class ResultsLoop implements ConsumerRebalanceListener {
    private static final Logger LOG = Logger.getLogger(ResultsLoop.class);
    private static final long IDLE_WAIT_MILLIS = 200;
    private static final long BUSY_WAIT_MILLIS = 5;
    private static final long RETRY_MILLIS = 500;
    /** A process that was asleep must first hear from Kafka whether it is still a member: longer than a heartbeat's interval. */
    private static final long FENCED_MILLIS = 3_000;

    private final Consumer<byte[], byte[]> consumer;
    private final Gatherer gatherer;
    private final Ownership ownership;
    private final CheckpointWriter checkpoints;
    private final ObjectWrites writes;
    private final DeadLetters deadLetters;
    private final Owner owner;
    private final long checkpointEveryMillis;

    /** Assigned by Kafka, not yet (or not any more) owned in PostgreSQL. */
    private final Set<Integer> waiting = new LinkedHashSet<>();

    private boolean paused;
    private long lastCheckpoint = now();
    private long nextTakeOver = now();

    ResultsLoop(
            Consumer<byte[], byte[]> consumer,
            Gatherer gatherer,
            Ownership ownership,
            CheckpointWriter checkpoints,
            ObjectWrites writes,
            DeadLetters deadLetters,
            Owner owner,
            Duration checkpointEvery) {
        this.consumer = consumer;
        this.gatherer = gatherer;
        this.ownership = ownership;
        this.checkpoints = checkpoints;
        this.writes = writes;
        this.deadLetters = deadLetters;
        this.owner = owner;
        this.checkpointEveryMillis = checkpointEvery.toMillis();
    }

    void subscribe() {
        consumer.subscribe(List.of(Topics.RESULTS), this);
    }

    /**
     * One turn: some milliseconds while there is work, a fraction of a second otherwise.
     *
     * @param ended batches that ended elsewhere, to be forgotten
     */
    void turn(Queue<String> ended) {
        try {
            forget(ended);
            takeOverWaiting();
            slowIntake();
            gather(poll());
            store();
            checkpoint();
        } catch (StoreException | RetriableException e) {
            LOG.warnf("LH-FIN-003 a store failed, partitions are taken over anew: %s", e.getMessage());
            startOver();
        }
    }

    /** Gives up what is owned; nothing is to be written, since all that counts is recorded. */
    void abandon() {
        Set.copyOf(gatherer.epochs().keySet()).forEach(this::drop);
        waiting.clear();
    }

    private void startOver() {
        Set<Integer> owned = gatherer.epochs().keySet();
        consumer.pause(topicPartitions(owned));
        owned.forEach(this::drop);
        waiting.addAll(owned);
        nextTakeOver = now() + RETRY_MILLIS;
    }

    private void drop(int partition) {
        gatherer.drop(partition);
        owner.lost(partition);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        // A position of their own until the true one is known, or the consumer would ask for a committed offset.
        consumer.pause(partitions);
        partitions.forEach(partition -> consumer.seek(partition, 0));
        partitions.forEach(partition -> waiting.add(partition.partition()));
        nextTakeOver = now();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            drop(partition.partition());
            waiting.remove(partition.partition());
        }
    }

    private void takeOverWaiting() {
        if (waiting.isEmpty() || now() < nextTakeOver) {
            return;
        }
        nextTakeOver = now() + RETRY_MILLIS;
        Set<TopicPartition> partitions = topicPartitions(waiting);
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        for (Ownership.Owned owned : ownership.takeOver(List.copyOf(waiting))) {
            TopicPartition partition = new TopicPartition(Topics.RESULTS, owned.partition());
            long begin = begins.getOrDefault(partition, 0L);
            long offset = owned.offset();
            if (offset < begin || offset > ends.getOrDefault(partition, Long.MAX_VALUE)) {
                LOG.warnf(
                        "LH-FIN-004 the log of partition=%d does not reach offset=%d: unfinished slices are executed again",
                        owned.partition(), offset);
                if (!ownership.restart(owned.partition(), owned.epoch(), begin)) {
                    continue;
                }
                offset = begin;
            }
            waiting.remove(owned.partition());
            gatherer.open(owned.partition(), owned.epoch(), offset);
            consumer.seek(partition, offset);
            consumer.resume(List.of(partition));
            paused = false;
            owner.tookOver(owned.partition(), owned.epoch());
            LOG.infof("partition=%d is owned, epoch=%d offset=%d", owned.partition(), owned.epoch(), offset);
        }
    }

    /** While the memory is spent and waits for objects to be written, nothing more is fetched. */
    private void slowIntake() {
        boolean pause = gatherer.isBudgetSpent() && writes.isBusy();
        if (pause != paused) {
            Set<TopicPartition> owned = topicPartitions(gatherer.epochs().keySet());
            if (pause) {
                consumer.pause(owned);
            } else {
                consumer.resume(owned);
            }
            paused = pause;
        }
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        long wait = writes.isBusy() ? BUSY_WAIT_MILLIS : Math.min(IDLE_WAIT_MILLIS, checkpointEveryMillis);
        try {
            return consumer.poll(Duration.ofMillis(wait));
        } catch (OffsetOutOfRangeException e) {
            LOG.warnf("LH-FIN-005 the log was cut under the reader: %s", e.getMessage());
            startOver();
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
            Ownership.Facts facts = ownership.facts(unknown);
            gatherer.learn(partition, facts.batches(), facts.slices());
        }
        long now = now();
        for (Arrival arrival : arrivals) {
            gather(partition, arrival, now);
        }
        owner.gathered(partition, records.getLast().offset() + 1);
    }

    private void gather(int partition, Arrival arrival, long now) {
        long offset = arrival.source().offset();
        ResultChunk chunk = arrival.chunk();
        try {
            if (chunk == null) {
                throw new MalformedRecordException(arrival.problem());
            }
            gatherer.gather(partition, offset, chunk, now);
        } catch (MalformedRecordException e) {
            deadLetters.put(arrival.source(), e.toString());
            if (chunk != null) {
                ownership.executeAgain(chunk.slice());
            }
            gatherer.skip(partition, offset);
        }
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
        for (PartitionMark mark : marks) {
            if (!written.partitions().contains(mark.partition())) {
                LOG.warnf("LH-FIN-006 fenced: partition=%d has another owner than epoch=%d", mark.partition(), mark.epoch());
                consumer.pause(topicPartitions(Set.of(mark.partition())));
                drop(mark.partition());
                waiting.add(mark.partition());
                nextTakeOver = now() + FENCED_MILLIS;
            }
        }
        if (gatherer.isBudgetSpent()) {
            gatherer.closeRecorded();
        }
    }

    private static Set<TopicPartition> topicPartitions(Collection<Integer> partitions) {
        Set<TopicPartition> result = new HashSet<>();
        partitions.forEach(partition -> result.add(new TopicPartition(Topics.RESULTS, partition)));
        return result;
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }
}
