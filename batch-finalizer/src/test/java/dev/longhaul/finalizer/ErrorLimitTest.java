package dev.longhaul.finalizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.finalizer.FinalizerTester.TestBatch;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.LineOutcome;
import org.junit.jupiter.api.Test;

class ErrorLimitTest {
    private final FinalizerTester tester = FinalizerTester.shared();

    private TestBatch limited(int errors) {
        TestBatch batch = tester.batch(0, 4, 4);
        tester.database.run(
                "update batch set max_errors = $2::int::text, error_limit = $2::int where id = $1", batch.id, errors);
        tester.database.run("update slice set state = 'pending', holder = null where batch_id = $1", batch.id);
        return batch;
    }

    @Test
    void shouldStopABatchPastItsLimitAndAnswerTheRestWithACodeOfItsOwn() throws Exception {
        TestBatch batch = limited(1);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            batch.produce(0, LineOutcome.COMPLETED, 0);
            batch.produce(0, LineOutcome.FAILED, 1);
            await().until(() -> batch.row().getLong("lines_failed") == 1);
            assertThat(batch.status()).isEqualTo(BatchStatus.IN_PROGRESS);
            batch.produce(0, LineOutcome.FAILED, 2);
            batch.awaitStatus(BatchStatus.CANCELLED);
        }
        assertThat(batch.row().getString("stop_reason")).isEqualTo("error_limit");
        assertThat(batch.row().getOffsetDateTime("cancelling_at")).isNotNull();
        assertThat(batch.row().getLong("lines_failed")).isEqualTo(2);
        assertThat(batch.row().getLong("lines_unserved")).isEqualTo(5);
        assertThat(batch.errors().lines().filter(line -> line.contains("\"batch_error_limit\"")))
                .hasSize(5);
        assertThat(tester.count(
                        "select count(*) from outbox where batch_id = $1 and event ->> 'type' = 'dev.longhaul.batch.cancelling'",
                        batch.id))
                .isEqualTo(1);
    }

    @Test
    void shouldCompleteABatchThatPassesItsLimitWithItsLastLine() throws Exception {
        TestBatch batch = limited(0);
        try (Finalizer finalizer = tester.finalizer("checkpoint-every", "1h")) {
            finalizer.start();
            batch.produce(0, LineOutcome.COMPLETED, 0, 1, 2, 3);
            batch.produce(1, LineOutcome.FAILED, 0, 1, 2, 3);
            batch.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(batch.row().getString("stop_reason")).isNull();
    }

    @Test
    void shouldRememberHowFastABatchIs() throws Exception {
        TestBatch batch = tester.batch(0, 4, 4);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            batch.produce(0, LineOutcome.COMPLETED, 0, 1);
            batch.produce(0, LineOutcome.FAILED, 2, 3);
            await().until(() -> batch.row().getLong("lines_failed") == 2);
        }
        assertThat(batch.row().getDouble("line_rate")).isBetween(0.15, 0.2);
        assertThat(batch.row().getOffsetDateTime("line_rate_at")).isNotNull();
    }
}
