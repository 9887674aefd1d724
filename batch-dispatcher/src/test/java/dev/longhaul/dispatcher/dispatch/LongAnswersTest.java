package dev.longhaul.dispatcher.dispatch;

import static dev.longhaul.dispatcher.DispatcherTester.FAKE;
import static dev.longhaul.dispatcher.DispatcherTester.SIM;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static dev.longhaul.dispatcher.DispatcherTester.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import dev.longhaul.dispatcher.DispatcherConfig;
import dev.longhaul.dispatcher.DispatcherTester;
import dev.longhaul.dispatcher.DispatcherTester.Result;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class LongAnswersTest {
    private static final int STALLED = 8;
    private static final int HUGE = 16;
    private static final int HALF = 200_000;
    /** What the buffer of an answer of either kind grows to, twice. */
    private static final long LONGEST = 2 * (512 << 10);

    private final DispatcherTester tester = DispatcherTester.get();
    private final Semaphore secondHalves = new Semaphore(0);

    @Inject
    Dispatch dispatch;

    @Inject
    DispatcherConfig config;

    @AfterEach
    void wellBehaved() {
        secondHalves.release(1_000);
        tester.answerer = (exchange, body) -> reply(exchange, 200, "{\"echo\":true}");
        tester.faults("{}");
    }

    @Test
    void manyAtOnceShareTheirMemoryHoldBackNoShortOneAndAllCompleteHoweverLongTheyWait() {
        AnswerMemory memory = dispatch.answerMemory();
        tester.answerer = (exchange, body) -> inTwoHalves(exchange);
        tester.faults("{\"huge_rate\":1,\"huge_bytes\":300000,\"match\":\"huge-me\"}");
        String stalled = batch(STALLED, FAKE, "stalled");
        await("one goes on past the budget, until it stalls").until(() -> memory.waiting() > 0);

        String brief = batch(100, SIM, "short");
        await().untilAsserted(() -> assertThat(tester.results(brief)).hasSize(100));
        int before = memory.waiting();
        String huge = batch(HUGE, SIM, "huge-me");
        await().until(() -> memory.waiting() > before);

        // Longer than that backend's time-out, after which they would be called anew.
        await().during(Duration.ofMillis(1_500))
                .failFast("their time-outs went on", () -> memory.waiting() <= before)
                .until(() -> true);
        assertThat(memory.taken()).isLessThanOrEqualTo(config.answerBytes() + LONGEST);
        secondHalves.release(STALLED);

        await().untilAsserted(() -> {
            assertThat(tester.results(stalled)).hasSize(STALLED);
            assertThat(tester.results(huge)).hasSize(HUGE);
        });
        assertThat(tester.results(stalled)).extracting(Result::outcome).containsOnly("COMPLETED");
        assertThat(tester.results(huge)).extracting(Result::outcome).containsOnly("COMPLETED");
        await().until(() -> memory.taken() == 0);
    }

    private void inTwoHalves(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(("{\"a\":\"" + "x".repeat(HALF)).getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        secondHalves.acquireUninterruptibly();
        exchange.getResponseBody().write(("y".repeat(HALF) + "\"}").getBytes(StandardCharsets.UTF_8));
        exchange.close();
    }

    private String batch(int lines, String model, String text) {
        return tester.batch(
                "t1",
                IntStream.range(0, lines)
                        .mapToObj(i -> line("c" + i, model, text + i))
                        .toList());
    }
}
