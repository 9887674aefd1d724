package dev.longhaul.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a tenant does with a batch that runs. */
@SystemTest
class ControlTest {

    @Test
    void aPausedBatchCallsNobodyAndLosesNothingWhoeverIsKilledMeanwhile(Tester tester) {
        tester.simulator().behave(Map.of("latency_ms", 100, "count_lines", true));
        ChatLines lines = ChatLines.of(4_000);
        Batch running = tester.await(tester.start(lines), batch -> batch.completed() > 200);

        Batch paused = tester.api().pause(running.id());

        assertThat(paused.status()).isEqualTo("in_progress");
        assertThat(paused.json().path("paused_at").isIntegralNumber()).isTrue();
        Awaitility.await().until(() -> tester.simulator().inFlight() == 0);
        // By now each dispatcher has heard of it, by the event or by looking.
        Awaitility.await()
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(10))
                .until(() -> tester.simulator().inFlight() == 0);
        long requests = tester.simulator().requests();
        tester.kill(Tester.DISPATCHER_1);
        tester.up();
        assertThat(tester.simulator().requests()).isEqualTo(requests).isLessThan(4_000);

        tester.api().resume(running.id());

        Batch ended = tester.end(running);
        assertThat(ended.status()).isEqualTo("completed");
        assertThat(tester.check(ended, lines)).isEqualTo(new ResultCheck.Summary(4_000, Map.of()));
        assertThat(tester.simulator().calls()).hasSize(4_000).allSatisfy((line, calls) -> assertThat(calls.count())
                .isOne());
    }

    @Test
    void aPausedBatchExpires(Tester tester) {
        tester.simulator().behave(Map.of("latency_ms", 200));
        ChatLines lines = ChatLines.of(20_000);
        Batch running = tester.await(tester.start(lines, "10s"), batch -> batch.completed() > 0);
        tester.api().pause(running.id());

        Batch ended = tester.end(running);

        assertThat(ended.status()).isEqualTo("expired");
        assertThat(ended.json().path("paused_at").isNull()).isTrue();
        assertThat(tester.check(ended, lines).errors()).containsOnlyKeys("batch_expired");
    }
}
