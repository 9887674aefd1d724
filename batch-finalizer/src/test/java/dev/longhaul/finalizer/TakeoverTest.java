package dev.longhaul.finalizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longhaul.finalizer.FinalizerTester.TestBatch;
import dev.longhaul.finalizer.ownership.OwnedPartitions;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.Topics;
import dev.longhaul.store.Database;
import dev.longhaul.store.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Who owns which partition, and who waits for whom. */
class TakeoverTest {
    private final FinalizerTester tester = FinalizerTester.shared();

    private void produceBoth(TestBatch... batches) {
        for (TestBatch batch : batches) {
            batch.produce(0, LineOutcome.COMPLETED, 0);
        }
    }

    @Test
    void shouldOwnTheOtherPartitionsWhileSomebodySleepsWithTheRowOfOneLocked() throws Exception {
        TestBatch locked = tester.batch(0, 1);
        TestBatch other = tester.batch(1, 1);
        produceBoth(locked, other);
        try (Finalizer finalizer = tester.finalizer()) {
            tester.database.inTransaction(asleep -> {
                lock(asleep);
                finalizer.start();
                other.awaitStatus(BatchStatus.COMPLETED);
                await().until(() -> finalizer.waiting(Duration.ZERO).stream()
                        .anyMatch(wait -> wait.partition() == 0 && wait.reason().contains("locked")));
                return locked;
            });
            locked.awaitStatus(BatchStatus.COMPLETED);
            assertThat(finalizer.waiting(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void shouldTakeAPartitionOverOnceItsSleepingOwnersTransactionIsEnded() throws Exception {
        TestBatch batch = tester.batch(0, 1);
        produceBoth(batch);
        try (Finalizer finalizer = tester.finalizer()) {
            assertThatThrownBy(() -> tester.database.inTransaction(asleep -> {
                        asleep.run("set local idle_in_transaction_session_timeout = 300");
                        lock(asleep);
                        finalizer.start();
                        batch.awaitStatus(BatchStatus.COMPLETED);
                        return batch;
                    }))
                    .as("what the sleeper had begun")
                    .isInstanceOf(StoreException.class);
        }
    }

    private static void lock(Database.Transaction transaction) {
        transaction.run("insert into results_partition (partition) values (0)"
                + " on conflict (partition) do update set checkpoint_offset = results_partition.checkpoint_offset");
    }

    @Test
    void shouldLeaveItsGroupWhenItIsClosed() throws Exception {
        try (Finalizer finalizer = tester.finalizer("instance", "leaves")) {
            finalizer.start();
            await().until(() -> isMember("leaves"));
        }
        assertThat(isMember("leaves")).isFalse();
    }

    @Test
    void shouldStayInItsGroupWhenItIsSaidToReturn() throws Exception {
        try (Finalizer finalizer = tester.finalizer("instance", "returns", "returns", "true")) {
            finalizer.start();
            await().until(() -> isMember("returns"));
        }
        assertThat(isMember("returns")).isTrue();
        try (Finalizer finalizer = tester.finalizer("instance", "returns")) {
            finalizer.start();
            TestBatch batch = tester.batch(0, 1);
            produceBoth(batch);
            batch.awaitStatus(BatchStatus.COMPLETED);
        }
    }

    private boolean isMember(String instance) throws Exception {
        try (Admin admin = Admin.create(tester.kafka())) {
            return admin.describeConsumerGroups(List.of(Topics.RESULTS_GROUP)).all().get().values().stream()
                    .flatMap(group -> group.members().stream())
                    .anyMatch(member -> member.groupInstanceId().equals(Optional.of(instance)));
        }
    }

    @Test
    void shouldWaitWithAPartitionForANewerVersionAndGoOnWithTheOthers() throws Exception {
        TestBatch before = tester.batch(0, 1);
        TestBatch after = tester.batch(0, 1);
        TestBatch other = tester.batch(1, 1);
        int deadLetters = tester.deadLetters().size();
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            produceBoth(before);
            byte[] newer = after.chunk(0, LineOutcome.COMPLETED, line -> "newer\n", 0);
            newer[0] = 2;
            long offset = tester.send(0, newer);
            produceBoth(after, other);

            other.awaitStatus(BatchStatus.COMPLETED);
            before.awaitStatus(BatchStatus.COMPLETED);
            await().until(() -> finalizer.waiting(Duration.ZERO).stream()
                    .map(OwnedPartitions.Wait::reason)
                    .anyMatch(reason -> reason.contains("version 2 is newer")));
            assertThat(after.status()).isEqualTo(BatchStatus.IN_PROGRESS);
            assertThat(after.slice(0).getString("state")).isEqualTo("claimed");
            assertThat(tester.deadLetters()).hasSize(deadLetters);

            // No newer version is at hand: the record goes.
            deleteUpTo(offset + 1);
            after.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(after.output()).isEqualTo(after.line(0, 0));
    }

    private void deleteUpTo(long offset) throws Exception {
        try (Admin admin = Admin.create(tester.kafka())) {
            admin.deleteRecords(Map.of(new TopicPartition(Topics.RESULTS, 0), RecordsToDelete.beforeOffset(offset)))
                    .all()
                    .get();
        }
    }
}
