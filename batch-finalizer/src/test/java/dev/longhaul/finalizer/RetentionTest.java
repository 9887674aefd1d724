package dev.longhaul.finalizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.finalizer.FinalizerTester.TestBatch;
import dev.longhaul.finalizer.retention.Retention;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private final FinalizerTester tester = FinalizerTester.shared();

    @Test
    void shouldRemoveEndedSlicesAndRecordsBehindTheCheckpointAndKeepTheRest() throws Exception {
        TestBatch ended = tester.batch(0, 1);
        TestBatch open = tester.batch(0, 1);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            ended.produce(0, LineOutcome.COMPLETED, 0);
            ended.awaitStatus(BatchStatus.COMPLETED);
            tester.database.run("update batch set completed_at = now() - interval '1 h' where id = $1", ended.id);
            long checkpoint = tester.count("select checkpoint_offset from results_partition where partition = 0");
            try (Retention retention = new Retention(
                    () -> Set.of(0), tester.database, tester.kafka(), Duration.ofSeconds(1), Duration.ofMillis(100))) {
                retention.start();
                await().until(() -> tester.count("select count(*) from slice where batch_id = $1", ended.id) == 0);
                await().until(() -> logBegin() == checkpoint);
            }
            assertThat(open.slice(0).getString("state")).isEqualTo("claimed");
            open.produce(0, LineOutcome.COMPLETED, 0);
            ended.produce(0, LineOutcome.COMPLETED, 0);
            open.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(ended.output().lines().count()).isEqualTo(1);
    }

    private long logBegin() throws Exception {
        TopicPartition partition = new TopicPartition(Topics.RESULTS, 0);
        try (Admin admin = Admin.create(tester.kafka())) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }
}
