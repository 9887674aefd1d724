package dev.longhaul.finalizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.finalizer.FinalizerTester.TestBatch;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.LineOutcome;
import io.vertx.core.buffer.Buffer;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Batches that run some lines of their file: the others are marked as done from the start. */
class LeftOutLinesTest {
    private final FinalizerTester tester = FinalizerTester.shared();

    /** Runs lines 1 and 3 of five. */
    private TestBatch batch() {
        TestBatch batch = tester.batch(0, 5);
        BitSet leftOut = new BitSet();
        leftOut.set(0);
        leftOut.set(2);
        leftOut.set(4);
        tester.database.run(
                "update slice set bitmap = $2 where batch_id = $1", batch.id, Buffer.buffer(leftOut.toByteArray()));
        tester.database.run("update batch set lines_total = 2 where id = $1", batch.id);
        return batch;
    }

    @Test
    void shouldCompleteWithTheOthersAlone() throws Exception {
        TestBatch batch = batch();
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            batch.produce(0, LineOutcome.COMPLETED, 1, 2);
            batch.produce(0, LineOutcome.FAILED, 3);
            batch.awaitStatus(BatchStatus.COMPLETED);
        }
        assertThat(batch.output()).isEqualTo(batch.line(0, 1));
        assertThat(batch.errors()).isEqualTo(batch.line(0, 3));
        assertThat(batch.row().getLong("lines_completed")).isEqualTo(1);
    }

    @Test
    void shouldAnswerOnlyTheOthersWhenItIsStopped() throws Exception {
        TestBatch batch = batch();
        tester.database.run("update slice set state = 'pending', holder = null where batch_id = $1", batch.id);
        tester.database.run("update batch set expires_at = now() - interval '1 s' where id = $1", batch.id);
        try (Finalizer finalizer = tester.finalizer()) {
            finalizer.start();
            batch.awaitStatus(BatchStatus.EXPIRED);
        }
        assertThat(batch.row().getLong("lines_unserved")).isEqualTo(2);
        assertThat(batch.errors().lines())
                .hasSize(2)
                .anyMatch(line -> line.contains("c-1"))
                .anyMatch(line -> line.contains("c-3"));
    }
}
