package dev.longhaul.finalizer.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.finalizer.FinalizerTester;
import dev.longhaul.finalizer.checkpoint.PartitionStore;
import dev.longhaul.finalizer.gather.GatherLimits;
import dev.longhaul.finalizer.gather.Gatherer;
import dev.longhaul.finalizer.ownership.OwnedPartitions;
import dev.longhaul.model.Topics;
import dev.longhaul.store.StoreUnavailableException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** With Kafka's own stand-in for a consumer, since no broker can be told when to assign what. */
class AssignmentTest {
    private static final TopicPartition FIRST = new TopicPartition(Topics.RESULTS, 0);
    private static final TopicPartition SECOND = new TopicPartition(Topics.RESULTS, 1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final Set<Integer> leaderless = ConcurrentHashMap.newKeySet();
    private final Gatherer gatherer = new Gatherer(new GatherLimits(1_000, 100, 100, 2_000));
    private final OwnedPartitions owned = new OwnedPartitions(new OwnedPartitions.Listener() {
        @Override
        public void tookOver(int partition, long epoch) {}

        @Override
        public void lost(int partition) {}

        @Override
        public void ended(Collection<String> batchIds) {}
    });
    private final Assignment assignment = new Assignment(
            consumer,
            new Takeovers(new PartitionStore(FinalizerTester.shared().database), this::bounds),
            gatherer,
            owned);

    private LogBounds.Bounds bounds(TopicPartition partition) {
        if (leaderless.contains(partition.partition())) {
            throw new StoreUnavailableException(partition + " has no leader", new IllegalStateException());
        }
        return new LogBounds.Bounds(0, Long.MAX_VALUE);
    }

    private void awaitOwned(TopicPartition partition) {
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            assignment.takeOver();
            return gatherer.owns(partition.partition());
        });
    }

    @Test
    void shouldGoOnWithAllPartitionsWhenMemoryComesFreeAsAnotherIsTakenOver() {
        assignment.subscribe();
        consumer.rebalance(List.of(FIRST));
        awaitOwned(FIRST);
        assignment.pause(true);
        consumer.rebalance(List.of(FIRST, SECOND));

        awaitOwned(SECOND);
        assertThat(consumer.paused()).containsExactlyInAnyOrder(FIRST, SECOND);
        assignment.pause(false);

        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void shouldReadTheOtherPartitionsWhileOneHasNoLeaderAndSayWhichThatIs() {
        leaderless.add(1);
        assignment.subscribe();
        consumer.rebalance(List.of(FIRST, SECOND));

        awaitOwned(FIRST);
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            assignment.takeOver();
            return owned.waiting(Duration.ZERO).stream()
                    .anyMatch(wait -> wait.partition() == 1 && wait.reason().contains("no leader"));
        });
        assertThat(consumer.paused()).containsExactly(SECOND);
        assertThat(owned.epoch(0)).isPresent();

        leaderless.clear();
        awaitOwned(SECOND);
        assertThat(consumer.paused()).isEmpty();
        assertThat(owned.waiting(Duration.ZERO)).isEmpty();
    }

    @Test
    void shouldIgnoreATakeoverThatWasFinishedAfterItsPartitionWent() {
        assignment.subscribe();
        consumer.rebalance(List.of(FIRST));
        assignment.takeOver();
        consumer.rebalance(List.of());
        consumer.rebalance(List.of(FIRST));
        assignment.takeOver();

        awaitOwned(FIRST);

        await("either attempt has ended").pollInterval(Duration.ofMillis(5)).until(() -> {
            assignment.takeOver();
            return !assignment.isBusy();
        });
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void shouldReadAHeldPartitionAgainFromItsRecordAndNothingOfItBefore() {
        assignment.subscribe();
        consumer.rebalance(List.of(FIRST, SECOND));
        awaitOwned(FIRST);
        awaitOwned(SECOND);

        assignment.hold(0, 7, "unreadable");
        assignment.pause(false);

        assertThat(consumer.paused()).containsExactly(FIRST);
        assertThat(consumer.position(FIRST)).isEqualTo(7);
        assertThat(owned.waiting(Duration.ZERO))
                .extracting(OwnedPartitions.Wait::reason)
                .containsExactly("unreadable");
        assignment.startOver();
        awaitOwned(FIRST);
        assertThat(owned.waiting(Duration.ZERO)).noneMatch(wait -> wait.partition() == 0);
    }
}
