package dev.longhaul.finalizer.intake;

import dev.longhaul.finalizer.checkpoint.PartitionStore;
import dev.longhaul.finalizer.gather.Gatherer;
import dev.longhaul.finalizer.ownership.OwnedPartitions;
import dev.longhaul.model.Topics;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * The way from a partition that Kafka assigns to one that is owned: paused, taken over in PostgreSQL under a new epoch, read from
 * the recorded offset. The same way is gone again after any failure. Belongs to the results loop's thread.
 */
final class Assignment implements ConsumerRebalanceListener {
    private static final Logger LOG = Logger.getLogger(Assignment.class);
    private static final long RETRY_MILLIS = 500;
    /** A process that was asleep must first hear from Kafka whether it is still a member: longer than a heartbeat's interval. */
    private static final long LATER_MILLIS = 3_000;

    private final Consumer<byte[], byte[]> consumer;
    private final PartitionStore store;
    private final Gatherer gatherer;
    private final OwnedPartitions owned;
    private final Set<Integer> waiting = new LinkedHashSet<>();
    private boolean paused;
    private long nextTakeOver;

    Assignment(Consumer<byte[], byte[]> consumer, PartitionStore store, Gatherer gatherer, OwnedPartitions owned) {
        this.consumer = consumer;
        this.store = store;
        this.gatherer = gatherer;
        this.owned = owned;
        this.nextTakeOver = ResultsLoop.now();
    }

    void subscribe() {
        consumer.subscribe(List.of(Topics.RESULTS), this);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        // A position of their own until the true one is known, or the consumer would ask for a committed offset.
        consumer.pause(partitions);
        partitions.forEach(partition -> consumer.seek(partition, 0));
        partitions.forEach(partition -> waiting.add(partition.partition()));
        nextTakeOver = ResultsLoop.now();
    }

    /** Nothing is written on the way out: all that counts is recorded, the rest is read again by the next owner. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            drop(partition.partition());
            waiting.remove(partition.partition());
        }
    }

    /** Takes over what is assigned and not owned, now and then until it works. */
    void takeOver() {
        if (waiting.isEmpty() || ResultsLoop.now() < nextTakeOver) {
            return;
        }
        nextTakeOver = ResultsLoop.now() + RETRY_MILLIS;
        List<PartitionStore.Owned> taken = store.takeOver(List.copyOf(waiting));
        // Asked for after the takeover: until then the former owner may still move its offset along with the log's end.
        Set<TopicPartition> partitions = topicPartitions(waiting);
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        for (PartitionStore.Owned one : taken) {
            TopicPartition partition = new TopicPartition(Topics.RESULTS, one.partition());
            long begin = begins.getOrDefault(partition, 0L);
            if (one.offset() >= begin && one.offset() <= ends.getOrDefault(partition, Long.MAX_VALUE)) {
                begin(partition, one.epoch(), one.offset());
                continue;
            }
            LOG.warnf(
                    "LH-F004 the log of partition=%d does not reach offset=%d: unfinished slices are executed again",
                    one.partition(), one.offset());
            if (store.restart(one.partition(), one.epoch(), begin)) {
                begin(partition, one.epoch(), begin);
            }
        }
    }

    private void begin(TopicPartition partition, long epoch, long offset) {
        waiting.remove(partition.partition());
        gatherer.open(partition.partition(), epoch, offset);
        consumer.seek(partition, offset);
        // While nothing is fetched it waits like the others, and goes on with them.
        if (!paused) {
            consumer.resume(List.of(partition));
        }
        owned.tookOver(partition.partition(), epoch);
        LOG.infof("partition=%d is owned, epoch=%d offset=%d", partition.partition(), epoch, offset);
    }

    /** Stops or goes on fetching from what is owned. */
    void pause(boolean pause) {
        if (pause != paused) {
            Set<TopicPartition> partitions = topicPartitions(gatherer.epochs().keySet());
            if (pause) {
                consumer.pause(partitions);
            } else {
                consumer.resume(partitions);
            }
            paused = pause;
        }
    }

    /** Forgets what is held of everything owned and takes it over anew. */
    void startOver() {
        giveBack(gatherer.epochs().keySet(), RETRY_MILLIS);
    }

    /** Forgets what is held of a partition. Should Kafka still say after a while that it is ours, it is taken over anew. */
    void takeOverLater(int partition) {
        giveBack(Set.of(partition), LATER_MILLIS);
    }

    private void giveBack(Set<Integer> partitions, long waitMillis) {
        consumer.pause(topicPartitions(partitions));
        partitions.forEach(this::drop);
        waiting.addAll(partitions);
        nextTakeOver = ResultsLoop.now() + waitMillis;
    }

    /** Ends: owns nothing any more. */
    void abandon() {
        gatherer.epochs().keySet().forEach(this::drop);
        waiting.clear();
    }

    private void drop(int partition) {
        gatherer.drop(partition);
        owned.lost(partition);
    }

    private static Set<TopicPartition> topicPartitions(Collection<Integer> partitions) {
        Set<TopicPartition> result = new HashSet<>();
        partitions.forEach(partition -> result.add(new TopicPartition(Topics.RESULTS, partition)));
        return result;
    }
}
