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
    private static final int LINES = 300;
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
        String batch = batchInFlight("kept");

        pause(batch);
        // Longer than a stopped batch's calls are given.
        await().pollDelay(Duration.ofSeconds(6)).until(() -> dispatch.isStopped(batch));
        int started = calls("kept");
        answers.release(10_000);

        await().untilAsserted(() -> assertThat(
                        tester.rows("select distinct state, holder from slice where batch_id = ?", batch))
                .containsExactly("pending|null"));
        assertThat(calls("kept")).isEqualTo(started).isLessThan(LINES);
        assertThat(tester.results(batch)).hasSize(started);
        // Or the next claim would go back at once, for a pause that may have ended without an event.
        await("the pause is forgotten with the last slice").until(() -> !dispatch.isStopped(batch));

        tester.sql("update batch set paused_at = null where id = ?", batch);

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(tester.results(batch)).hasSize(LINES));
        assertThat(tester.results(batch))
                .extracting(DispatcherTester.Result::line)
                .doesNotHaveDuplicates();
        assertThat(calls("kept")).isEqualTo(LINES);
    }

    @Test
    void aPausedBatchThatIsStoppedBreaksItsCallsOff() {
        String batch = batchInFlight("broken off");
        pause(batch);
        await().until(() -> dispatch.isStopped(batch));

        tester.sql("update batch set paused_at = null, stop_reason = 'expired', stop_at = now() where id = ?", batch);

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(
                                tester.rows("select distinct state, holder from slice where batch_id = ?", batch))
                        .containsExactly("pending|null"));
        assertThat(tester.results(batch)).isEmpty();
    }

    private String batchInFlight(String text) {
        String batch = tester.batch(
                "t1",
                IntStream.range(0, LINES)
                        .mapToObj(i -> line("c" + i, FAKE, text + i))
                        .toList());
        await().until(() -> calls(text) >= 2);
        return batch;
    }

    private int calls(String text) {
        return (int) tester.bodies.stream().filter(body -> body.contains(text)).count();
    }

    private void pause(String batch) {
        tester.sql("update batch set paused_at = now() where id = ?", batch);
    }
}
