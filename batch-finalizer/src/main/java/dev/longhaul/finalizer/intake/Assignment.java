package dev.longhaul.finalizer.intake;

import dev.longhaul.finalizer.gather.Gatherer;
import dev.longhaul.finalizer.ownership.OwnedPartitions;
import dev.longhaul.model.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * The way from a partition that Kafka assigns to one that is owned: paused, taken over in PostgreSQL under a new epoch, read from
 * the recorded offset. The same way is gone again after any failure. Each partition goes it alone. Belongs to the results loop's
 * thread.
 */
final class Assignment implements ConsumerRebalanceListener {
    private static final Logger LOG = Logger.getLogger(Assignment.class);
    private static final long RETRY_MILLIS = 500;
    /** A process that was asleep must first hear from Kafka whether it is still a member: longer than a heartbeat's interval. */
    private static final long LATER_MILLIS = 3_000;
    private static final long HOLD_MILLIS = 1_000;
    /** A takeover is over sooner, as a rule. */
    private static final Duration TELL_AFTER = Duration.ofSeconds(2);

    private final Consumer<byte[], byte[]> consumer;
    private final Takeovers takeovers;
    private final Gatherer gatherer;
    private final OwnedPartitions owned;
    /** Assigned, and to be taken over from that time on. */
    private final Map<Integer, Long> due = new HashMap<>();
    /** Assigned and being taken over, by that attempt. */
    private final Map<Integer, Long> underway = new HashMap<>();
    /** Owned, and not read until that time. */
    private final Map<Integer, Long> held = new HashMap<>();

    /** Of which the operator was told that they wait. */
    private final Set<Integer> told = new HashSet<>();

    private boolean paused;
    private long nextTicket;

    Assignment(Consumer<byte[], byte[]> consumer, Takeovers takeovers, Gatherer gatherer, OwnedPartitions owned) {
        this.consumer = consumer;
        this.takeovers = takeovers;
        this.gatherer = gatherer;
        this.owned = owned;
    }

    void subscribe() {
        consumer.subscribe(List.of(Topics.RESULTS), this);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        // A position of their own until the true one is known, or the consumer would ask for a committed offset.
        consumer.pause(partitions);
        for (TopicPartition partition : partitions) {
            consumer.seek(partition, 0);
            takeOverAt(partition.partition(), ResultsLoop.now(), "being taken over");
        }
    }

    /** Nothing is written on the way out: all that counts is recorded, the rest is read again by the next owner. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> release(partition.partition()));
    }

    private void release(int partition) {
        drop(partition);
        due.remove(partition);
        underway.remove(partition);
        owned.waitsNoLonger(partition);
    }

    /** Whether a takeover may be over soon. */
    boolean isBusy() {
        return !underway.isEmpty();
    }

    /** Begins to read what was taken over since the last call, and starts takeovers that are due; never blocks. */
    void takeOver() {
        for (Takeovers.Outcome outcome : takeovers.finished()) {
            // Otherwise it was revoked meanwhile, and perhaps assigned again.
            if (underway.remove(outcome.partition(), outcome.ticket())) {
                switch (outcome) {
                    case Takeovers.Taken taken -> begin(taken);
                    case Takeovers.Failed failed -> {
                        takeOverAt(failed.partition(), ResultsLoop.now() + RETRY_MILLIS, failed.reason());
                    }
                }
            }
        }
        due.entrySet().removeIf(entry -> {
            if (entry.getValue() > ResultsLoop.now()) {
                return false;
            }
            underway.put(entry.getKey(), ++nextTicket);
            takeovers.start(entry.getKey(), nextTicket);
            return true;
        });
    }

    private void takeOverAt(int partition, long millis, String reason) {
        due.put(partition, millis);
        waits(partition, reason);
    }

    private void waits(int partition, String reason) {
        OwnedPartitions.Wait wait = owned.waits(partition, reason);
        if (wait.hasLasted(TELL_AFTER) && told.add(partition)) {
            LOG.warnf("LH-F013 partition=%d is assigned and not being read: %s", partition, reason);
        }
    }

    private void begin(Takeovers.Taken taken) {
        gatherer.open(taken.partition(), taken.epoch(), taken.offset());
        consumer.seek(topicPartition(taken.partition()), taken.offset());
        // While nothing is fetched it waits like the others, and continues with them.
        if (!paused) {
            consumer.resume(List.of(topicPartition(taken.partition())));
        }
        owned.tookOver(taken.partition(), taken.epoch());
        told.remove(taken.partition());
        LOG.infof("partition=%d is owned, epoch=%d offset=%d", taken.partition(), taken.epoch(), taken.offset());
    }

    /** Stops fetching from what is owned, or continues. */
    void pause(boolean pause) {
        Set<Integer> read = new HashSet<>();
        held.entrySet().removeIf(entry -> {
            boolean over = entry.getValue() <= ResultsLoop.now();
            if (over) {
                read.add(entry.getKey());
            }
            return over;
        });
        if (pause && !paused) {
            consumer.pause(topicPartitions(gatherer.epochs().keySet()));
        } else if (!pause) {
            if (paused) {
                read.addAll(gatherer.epochs().keySet());
                read.removeAll(held.keySet());
            }
            consumer.resume(topicPartitions(read));
        }
        paused = pause;
    }

    /** Reads nothing more of a partition for some time, then from this offset again. What was gathered of it before stays. */
    void hold(int partition, long offset, String reason) {
        consumer.pause(topicPartitions(Set.of(partition)));
        consumer.seek(topicPartition(partition), offset);
        held.put(partition, ResultsLoop.now() + HOLD_MILLIS);
        waits(partition, reason);
    }

    /** Forgets what is held of everything owned and takes it over again. */
    void startOver() {
        Set.copyOf(gatherer.epochs().keySet())
                .forEach(partition -> giveBack(partition, RETRY_MILLIS, "a store failed"));
    }

    /** Forgets what is held of a partition and takes it over again, to see where its log begins and ends now. */
    void takeOverSoon(int partition) {
        giveBack(partition, RETRY_MILLIS, "its log was cut");
    }

    /** Forgets what is held of a partition and takes it over again after a while, should Kafka still say that it is ours. */
    void takeOverLater(int partition, String reason) {
        giveBack(partition, LATER_MILLIS, reason);
    }

    private void giveBack(int partition, long waitMillis, String reason) {
        consumer.pause(topicPartitions(Set.of(partition)));
        drop(partition);
        takeOverAt(partition, ResultsLoop.now() + waitMillis, reason);
    }

    /** Ends: owns nothing any more. */
    void abandon() {
        Set.copyOf(gatherer.epochs().keySet()).forEach(this::release);
        Set.copyOf(due.keySet()).forEach(this::release);
        Set.copyOf(underway.keySet()).forEach(this::release);
    }

    private void drop(int partition) {
        gatherer.drop(partition);
        held.remove(partition);
        owned.lost(partition);
    }

    private static TopicPartition topicPartition(int partition) {
        return new TopicPartition(Topics.RESULTS, partition);
    }

    private static Set<TopicPartition> topicPartitions(Collection<Integer> partitions) {
        Set<TopicPartition> result = new HashSet<>();
        partitions.forEach(partition -> result.add(topicPartition(partition)));
        return result;
    }
}
