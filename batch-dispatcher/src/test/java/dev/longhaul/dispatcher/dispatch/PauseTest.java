package dev.longhaul.dispatcher.dispatch;

import static dev.longhaul.dispatcher.DispatcherTester.FAKE;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static dev.longhaul.dispatcher.DispatcherTester.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.dispatcher.DispatcherTester;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class PauseTest {
    private static final int IN_FLIGHT = 8;
    private final DispatcherTester tester = DispatcherTester.get();
    private final Semaphore answers = new Semaphore(0);

    @Inject
    Dispatch dispatch;

    @BeforeEach
    void answersOnDemand() {
        tester.bodies.clear();
        tester.answerer = (exchange, body) -> {
            answers.acquireUninterruptibly();
            reply(exchange, 200, "{\"echo\":true}");
        };
    }

    @AfterEach
    void answersAtOnce() {
        answers.release(10_000);
        tester.answerer = (exchange, body) -> reply(exchange, 200, "{\"echo\":true}");
    }

    @Test
    void callsUnderWayEndAndNoOtherStartsUntilItGoesOn() {
        String batch = batchInFlight();

        pause(batch);
        // Longer than a stopped batch's calls are given.
        await().pollDelay(Duration.ofSeconds(6)).until(() -> dispatch.isStopped(batch));
        answers.release(10_000);

        await().untilAsserted(() -> assertThat(
                        tester.rows("select distinct state, holder from slice where batch_id = ?", batch))
                .containsExactly("pending|null"));
        assertThat(tester.bodies).hasSize(IN_FLIGHT);
        assertThat(tester.results(batch)).hasSize(IN_FLIGHT);

        tester.sql("update batch set paused_at = null where id = ?", batch);

        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(tester.results(batch)).hasSize(300));
        assertThat(tester.results(batch))
                .extracting(DispatcherTester.Result::line)
                .doesNotHaveDuplicates();
        assertThat(tester.bodies).hasSize(300);
    }

    @Test
    void aPausedBatchThatIsStoppedBreaksItsCallsOff() {
        String batch = batchInFlight();
        pause(batch);
        await().until(() -> dispatch.isStopped(batch));

        tester.sql("update batch set paused_at = null, stop_reason = 'expired', stop_at = now() where id = ?", batch);

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(
                                tester.rows("select distinct state, holder from slice where batch_id = ?", batch))
                        .containsExactly("pending|null"));
        assertThat(tester.results(batch)).isEmpty();
    }

    private String batchInFlight() {
        String batch = tester.batch(
                "t1",
                IntStream.range(0, 300)
                        .mapToObj(i -> line("c" + i, FAKE, "q" + i))
                        .toList());
        await().untilAsserted(() -> assertThat(tester.bodies).hasSize(IN_FLIGHT));
        return batch;
    }

    private void pause(String batch) {
        tester.sql("update batch set paused_at = now() where id = ?", batch);
    }
}
