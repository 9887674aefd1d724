package dev.longhaul.finalizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.finalizer.FinalizerTester.TestBatch;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.LineOutcome;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** No dispatcher runs in any of these. */
class StoppedBatchTest {
    private final FinalizerTester tester = FinalizerTester.shared();

    private void cancel(TestBatch batch) {
        tester.database.run(
                "update batch set status = 'cancelling', cancelling_at = now(), stop_reason = 'cancelled', stop_at = now(),"
                        + " version = version + 1 where id = $1",
                batch.id);
    }

    private void set(TestBatch batch, String state) {
        tester.database.run("update slice set state = $2, holder = null where batch_id = $1", batch.id, state);
    }

    @Test
    void shouldAnswerTheLinesThatNobodyServedWhenABatchIsCancelled() throws Exception {
        TestBatch batch = tester.batch(0, 3, 4, 5);
        set(batch, "pending");
        try (Finalizer finalizer = tester.finalizer("settle-every", "1h")) {
            finalizer.start();
            batch.produce(1, LineOutcome.COMPLETED, 1, 3);
            await().until(() -> batch.row().getLong("lines_completed") == 2);
            cancel(batch);
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
        set(batch, "pending");
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
        cancel(batch);
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
        cancel(batch);
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
        cancel(batch);
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
        cancel(cancelled);
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
        set(large, "pending");
        set(small, "pending");
        cancel(large);
        cancel(small);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            small.awaitStatus(BatchStatus.CANCELLED);
            large.awaitStatus(BatchStatus.CANCELLED);
        }
        assertThat(small.row().getOffsetDateTime("cancelled_at"))
                .isBefore(large.row().getOffsetDateTime("cancelled_at"));
        assertThat(large.errors().lines().distinct().count()).isEqualTo(40_000);
    }
}
