package dev.longhaul.finalizer.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.finalizer.FinalizerTester;
import dev.longhaul.finalizer.checkpoint.PartitionStore;
import dev.longhaul.finalizer.gather.GatherLimits;
import dev.longhaul.finalizer.gather.Gatherer;
import dev.longhaul.finalizer.ownership.OwnedPartitions;
import dev.longhaul.model.Topics;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** With Kafka's own stand-in for a consumer, since no broker can be told when to assign what. */
class AssignmentTest {
    private static final TopicPartition FIRST = new TopicPartition(Topics.RESULTS, 0);
    private static final TopicPartition SECOND = new TopicPartition(Topics.RESULTS, 1);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final Assignment assignment = new Assignment(
            consumer,
            new PartitionStore(FinalizerTester.shared().database),
            new Gatherer(new GatherLimits(1_000, 100, 100, 2_000)),
            new OwnedPartitions(new OwnedPartitions.Listener() {
                @Override
                public void tookOver(int partition, long epoch) {}

                @Override
                public void ended(Collection<String> batchIds) {}
            }));

    @Test
    void shouldGoOnWithAllPartitionsWhenMemoryComesFreeAsAnotherIsTakenOver() {
        consumer.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
        consumer.updateEndOffsets(Map.of(FIRST, Long.MAX_VALUE, SECOND, Long.MAX_VALUE));
        assignment.subscribe();
        consumer.rebalance(List.of(FIRST));
        assignment.takeOver();
        assignment.pause(true);
        consumer.rebalance(List.of(FIRST, SECOND));

        assignment.takeOver();
        assertThat(consumer.paused()).containsExactlyInAnyOrder(FIRST, SECOND);
        assignment.pause(false);

        assertThat(consumer.paused()).isEmpty();
    }
}
