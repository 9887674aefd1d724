package dev.longhaul.finalizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.finalizer.FinalizerTester.TestBatch;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.LineOutcome;
import org.junit.jupiter.api.Test;

class FinalizerTest {
    private final FinalizerTester tester = FinalizerTester.shared();

    @Test
    void shouldCompleteAOneLineBatchWithItsLineInTheOutputFile() throws Exception {
        TestBatch batch = tester.batch(0, 1);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            batch.produce(0, LineOutcome.COMPLETED, 0);
            batch.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(batch.output()).isEqualTo(batch.line(0, 0));
        assertThat(batch.row().getString("output_file_id")).isEqualTo("file-out" + batch.id);
        assertThat(batch.row().getString("error_file_id")).isNull();
        assertThat(batch.row().getLong("total_tokens")).isEqualTo(3);
        assertThat(batch.slice(0).getString("state")).isEqualTo("done");
        assertThat(tester.count("select count(*) from outbox where batch_id = $1", batch.id)).isEqualTo(2);
    }
}
