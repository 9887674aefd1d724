package dev.longhaul.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.SQLException;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Cancel and expiry, at every stage: the batch ends and every line is accounted for. */
@SystemTest
class StopTest {

    @Test
    void aBatchCancelledAtOnceEnds(Tester tester) {
        ChatLines lines = ChatLines.of(20_000);
        Batch created = tester.start(lines);

        Batch cancelled = tester.api().cancel(created.id());

        assertThat(cancelled.status()).isEqualTo("cancelling");
        Batch ended = tester.end(created);
        assertThat(ended.status()).isEqualTo("cancelled");
        if (ended.total() > 0) {
            tester.check(ended, lines);
        } else {
            assertThat(ended.errorFileId()).isNull();
        }
    }

    @Test
    void aBatchCancelledWhileItRunsKeepsWhatIsDone(Tester tester) {
        tester.simulator().behave(Map.of("latency_ms", 200));
        ChatLines lines = ChatLines.of(5_000);
        Batch running = tester.await(tester.start(lines), batch -> batch.completed() > 100);

        tester.api().cancel(running.id());

        Batch ended = tester.end(running);
        assertThat(ended.status()).isEqualTo("cancelled");
        ResultCheck.Summary summary = tester.check(ended, lines);
        assertThat(summary.output()).isEqualTo((int) ended.completed()).isBetween(100, lines.count() - 1);
        assertThat(summary.errors()).containsOnlyKeys("batch_cancelled");
        assertThat(ended.failed()).isZero();
    }

    @Test
    void aBatchThatEndedCannotBeCancelled(Tester tester) {
        Batch ended = tester.end(tester.start(ChatLines.of(1)));

        assertThatExceptionOfType(Api.Refused.class)
                .isThrownBy(() -> tester.api().cancel(ended.id()))
                .satisfies(refused -> assertThat(refused.statusCode()).isEqualTo(409));
    }

    @Test
    void aCancelledBatchCanBeCancelledAgain(Tester tester) {
        tester.simulator().behave(Map.of("hang_rate", 1));
        Batch created = tester.start(ChatLines.of(1));
        tester.api().cancel(created.id());
        Batch ended = tester.end(created);

        Batch again = tester.api().cancel(ended.id());

        assertThat(again.json()).isEqualTo(ended.json());
    }

    @Test
    void aBatchThatHangsExpires(Tester tester) throws SQLException {
        tester.simulator().behave(Map.of("hang_rate", 1, "match", "Question 1"));
        ChatLines lines = ChatLines.of(20);

        Batch hanging = tester.await(tester.start(lines), batch -> batch.completed() == 9);
        new Servers(tester.stack()).endWindow(hanging);

        Batch ended = tester.end(hanging);
        assertThat(ended.status()).isEqualTo("expired");
        // Questions 1 and 10 to 19.
        assertThat(tester.check(ended, lines)).isEqualTo(new ResultCheck.Summary(9, Map.of("batch_expired", 11)));
        assertThat(ended.failed()).isZero();
    }

    @Test
    void batchesEndWithoutADispatcher(Tester tester) throws SQLException {
        tester.simulator().behave(Map.of("hang_rate", 1));
        ChatLines lines = ChatLines.of(2_000);
        Batch planned = tester.start(lines);
        Batch expiring = tester.start(lines);
        Awaitility.await("both are planned and called")
                .until(() -> tester.simulator().inFlight() > 0
                        && tester.api().batch(expiring.id()).status().equals("in_progress")
                        && tester.api().batch(planned.id()).status().equals("in_progress"));
        tester.kill(Tester.DISPATCHER_1);
        tester.kill(Tester.DISPATCHER_2);
        Batch unplanned = tester.start(lines);
        Batch unplannedExpiring = tester.start(lines);
        Servers servers = new Servers(tester.stack());
        servers.endWindow(expiring);
        servers.endWindow(unplannedExpiring);

        tester.api().cancel(planned.id());
        tester.api().cancel(unplanned.id());

        assertThat(tester.end(unplanned).status()).isEqualTo("cancelled");
        Batch cancelled = tester.end(planned);
        assertThat(tester.check(cancelled, lines).errors()).isEqualTo(Map.of("batch_cancelled", 2_000));
        Batch expired = tester.end(expiring);
        assertThat(expired.status()).isEqualTo("expired");
        assertThat(tester.check(expired, lines).errors()).isEqualTo(Map.of("batch_expired", 2_000));
        Batch neverPlanned = tester.end(unplannedExpiring);
        assertThat(neverPlanned.status()).isEqualTo("expired");
        assertThat(neverPlanned.errorFileId()).isNull();
    }
}
