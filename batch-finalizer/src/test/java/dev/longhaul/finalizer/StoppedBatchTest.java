package dev.longhaul.finalizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.finalizer.FinalizerTester.TestBatch;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.LineOutcome;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No dispatcher runs in any of these. */
class StoppedBatchTest {
    private final FinalizerTester tester = FinalizerTester.shared();

    @Test
    void shouldAnswerTheLinesThatNobodyServedWhenABatchIsCancelled() throws Exception {
        TestBatch batch = tester.batch(0, 3, 4, 5);
        batch.setPending();
        try (Finalizer finalizer = tester.finalizer("settle-every", "1h")) {
            finalizer.start();
            batch.produce(1, LineOutcome.COMPLETED, 1, 3);
            await().until(() -> batch.row().getLong("lines_completed") == 2);
            batch.cancel();
            finalizer.wake();
            batch.awaitStatus(BatchStatus.CANCELLED);
        }
        assertThat(batch.output()).isEqualTo(batch.line(1, 1) + batch.line(1, 3));
        assertThat(batch.row().getLong("lines_unserved")).isEqualTo(10);
        assertThat(batch.row().getLong("lines_failed")).isZero();
        assertThat(batch.errors().lines().toList())
                .hasSize(10)
                .contains(
                        "{\"id\":\"batch_req_" + batch.id.substring(6)
                                + "_1\",\"custom_id\":\"c-0\",\"response\":null,\"error\":"
                                + "{\"code\":\"batch_cancelled\",\"message\":\"This request was not executed because the batch was cancelled.\"}}")
                .noneMatch(line -> line.contains("\"c-4\"") || line.contains("\"c-6\""));
        assertThat(batch.row().getString("error_file_id")).isEqualTo("file-err" + batch.id);
    }

    @Test
    void shouldExpireABatchOnItsOwn() throws Exception {
        TestBatch batch = tester.batch(1, 600, 600);
        batch.setPending();
        tester.database.run("update batch set expires_at = now() - interval '1 s' where id = $1", batch.id);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            batch.awaitStatus(BatchStatus.EXPIRED);
        }
        assertThat(batch.row().getString("stop_reason")).isEqualTo("expired");
        assertThat(batch.row().getString("output_file_id")).isNull();
        assertThat(batch.errors().lines().distinct().count()).isEqualTo(1_200);
        assertThat(batch.errors()).contains("batch_expired");
    }

    @Test
    void shouldTakeWhatADeadDispatcherHeldAndLeaveALiveOneItsOwn() throws Exception {
        TestBatch batch = tester.batch(0, 2, 2);
        tester.database.run(
                "insert into process (id, kind, lease_until) values ($1, 'dispatcher', now() + interval '1 h')",
                "live" + batch.id);
        tester.database.run(
                "update slice set holder = $2 where batch_id = $1 and seq = 1", batch.id, "live" + batch.id);
        batch.cancel();
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            // PostgreSQL has to have run for a lease's time before a lease is judged.
            await().atMost(java.time.Duration.ofSeconds(20))
                    .until(() -> batch.row().getLong("lines_unserved") == 2);
            assertThat(batch.slice(1).getString("state")).isEqualTo("claimed");
            batch.produce(1, LineOutcome.COMPLETED, 0, 1);
            batch.awaitStatus(BatchStatus.CANCELLED);
        }
        assertThat(batch.row().getLong("lines_completed")).isEqualTo(2);
    }

    @Test
    void shouldTakeOverWhatADeadFinalizerWasAnswering() throws Exception {
        TestBatch batch = tester.batch(0, 5);
        tester.database.run(
                "update slice set state = 'reported', holder = 'finalizer/0/0', finished_offset = null where batch_id = $1",
                batch.id);
        batch.cancel();
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            batch.awaitStatus(BatchStatus.CANCELLED);
        }
        assertThat(batch.errors().lines().count()).isEqualTo(5);
    }

    @Test
    void shouldTakeBackAReportedSliceWhoseLinesNeverCame() throws Exception {
        TestBatch batch = tester.batch(0, 5);
        long offset = batch.produce(0, LineOutcome.COMPLETED, 0, 1);
        tester.database.run(
                "update slice set state = 'reported', finished_offset = $2 where batch_id = $1", batch.id, offset);
        batch.cancel();
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            batch.awaitStatus(BatchStatus.CANCELLED);
        }
        assertThat(batch.output().lines().count()).isEqualTo(2);
        assertThat(batch.errors().lines().count()).isEqualTo(3);
    }

    @Test
    void shouldEndABatchThatWasStoppedBeforeItsPlanWithoutFiles() throws Exception {
        TestBatch cancelled = unplanned();
        TestBatch expired = unplanned();
        cancelled.cancel();
        tester.database.run("update batch set expires_at = now() where id = $1", expired.id);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            cancelled.awaitStatus(BatchStatus.CANCELLED);
            expired.awaitStatus(BatchStatus.EXPIRED);
        }
        assertThat(cancelled.row().getString("error_file_id")).isNull();
        assertThat(expired.row().getString("output_file_id")).isNull();
    }

    private TestBatch unplanned() {
        TestBatch batch = tester.batch(0, 1);
        tester.database.run(
                "update batch set status = 'validating', in_progress_at = null, lines_total = 0 where id = $1",
                batch.id);
        return batch;
    }

    @Test
    void shouldCompleteABatchThatWasLeftWhole() throws Exception {
        TestBatch batch = tester.batch(0, 1);
        tester.database.run(
                "update batch set status = 'finalizing', finalizing_at = now(), lines_completed = 1 where id = $1",
                batch.id);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            batch.awaitStatus(BatchStatus.COMPLETED);
        }
    }

    @Test
    void shouldLetASmallStoppedBatchPassALargeOne() throws Exception {
        TestBatch large = tester.batch(0, IntStream.range(0, 400).map(i -> 100).toArray());
        TestBatch small = tester.batch(0, 1);
        large.setPending();
        small.setPending();
        large.cancel();
        small.cancel();
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            small.awaitStatus(BatchStatus.CANCELLED);
            large.awaitStatus(BatchStatus.CANCELLED);
        }
        assertThat(small.row().getOffsetDateTime("cancelled_at"))
                .isBefore(large.row().getOffsetDateTime("cancelled_at"));
        assertThat(large.errors().lines().distinct().count()).isEqualTo(40_000);
    }

    @Test
    void shouldTakeAgainWhatItTookWithoutHearingOfIt() throws Exception {
        TestBatch before = tester.batch(0, 1);
        TestBatch batch = tester.batch(0, 5);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            before.produce(0, LineOutcome.COMPLETED, 0);
            before.awaitStatus(BatchStatus.COMPLETED);
            // As after a take whose answer was lost: the epoch is that of the finalizer that runs.
            tester.database.run(
                    "update slice set state = 'reported', holder = 'finalizer/0/' || p.epoch, finished_offset = null"
                            + " from results_partition p where p.partition = 0 and batch_id = $1",
                    batch.id);
            batch.cancel();
            batch.awaitStatus(BatchStatus.CANCELLED);
        }
        assertThat(batch.errors().lines().distinct().count()).isEqualTo(5);
    }

    @Test
    void shouldEndOthersWhileTheInputOfSomeIsMissing() throws Exception {
        List<TestBatch> missing =
                Stream.generate(() -> tester.batch(0, 3, 3)).limit(5).toList();
        List<FinalizerTester.Input> inputs =
                missing.stream().map(TestBatch::moveInput).toList();
        TestBatch stored = tester.batch(0, 4);
        stored.moveInput().write();
        TestBatch inline = tester.batch(0, 5);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            missing.forEach(TestBatch::setPending);
            missing.forEach(TestBatch::cancel);
            await("all of them were tried")
                    .until(() ->
                            missing.stream().allMatch(batch -> batch.slice(1).getInteger("claim") > 1));
            for (TestBatch batch : List.of(stored, inline)) {
                batch.setPending();
                batch.cancel();
            }
            stored.awaitStatus(BatchStatus.CANCELLED);
            inline.awaitStatus(BatchStatus.CANCELLED);
            assertThat(missing).extracting(TestBatch::status).containsOnly(BatchStatus.CANCELLING);
            inputs.forEach(FinalizerTester.Input::write);
            missing.forEach(batch -> batch.awaitStatus(BatchStatus.CANCELLED));
        }
        assertThat(missing)
                .allSatisfy(batch -> assertThat(batch.errors().lines())
                        .hasSize(6)
                        .anyMatch(line -> line.contains("\"custom_id\":\"c-5\"")));
    }

    @Test
    void shouldAnswerWithoutIdsWhatStaysMissingForTheTimeThatIsSetAndTheRestWithThem() throws Exception {
        TestBatch batch = tester.batch(1, 3, 2);
        batch.produce(0, LineOutcome.COMPLETED, 1);
        FinalizerTester.Input input = batch.moveInput();
        // Of two objects only the second is there.
        int first = batch.slice(0).getLong("byte_length").intValue();
        input.split(first);
        batch.setPending();
        try (Finalizer finalizer = tester.finalizer("unreadable-after", "500ms")) {
            finalizer.start();
            await().until(() -> batch.row().getLong("lines_completed") == 1);
            batch.cancel();
            batch.awaitStatus(BatchStatus.CANCELLED);
        }
        assertThat(batch.errors().lines())
                .hasSize(4)
                .filteredOn(line -> line.contains("\"custom_id\":null"))
                .hasSize(2);
        assertThat(batch.errors()).contains("\"custom_id\":\"c-3\"", "\"custom_id\":\"c-4\"");
        assertThat(batch.output().lines()).hasSize(1);
    }

    @Test
    void shouldExpireOthersWhileSomebodySleepsWithABatchsRowLocked() throws Exception {
        TestBatch locked = tester.batch(0, 1);
        TestBatch other = tester.batch(0, 1);
        for (TestBatch batch : List.of(locked, other)) {
            batch.setPending();
            tester.database.run("update batch set expires_at = now() - interval '1 s' where id = $1", batch.id);
        }
        try (Finalizer finalizer = tester.finalizer()) {
            tester.database.inTransaction(asleep -> {
                asleep.run("select from batch where id = $1 for update", locked.id);
                finalizer.start();
                other.awaitStatus(BatchStatus.EXPIRED);
                return locked;
            });
            locked.awaitStatus(BatchStatus.EXPIRED);
        }
    }
}
