package dev.longhaul.dispatcher;

import static dev.longhaul.dispatcher.DispatcherTester.LATE;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static dev.longhaul.dispatcher.DispatcherTester.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.longhaul.dispatcher.DispatcherTester.Result;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** nginx and HAProxy before two engines that come and go, with one attempt a line. */
@QuarkusTest
@QuarkusTestResource(DispatcherTester.class)
class RealGatewayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private final DispatcherTester tester = DispatcherTester.get();

    @AfterEach
    void wellAgain() {
        tester.answerer = (exchange, body) -> reply(exchange, 200, "{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "haproxy"})
    void noLineFailsThoughBothEnginesAndThenOneOfThemAreGone(String program) throws IOException {
        Semaphore calls = new Semaphore(20);
        tester.answerer = (exchange, body) -> {
            calls.acquireUninterruptibly();
            reply(exchange, 200, "{}");
        };
        HttpServer one = tester.replica(0);
        HttpServer other = tester.replica(0);
        int onePort = one.getAddress().getPort();
        int otherPort = other.getAddress().getPort();
        try (Gateway gateway = Gateway.start(program, tester.latePort(), onePort, otherPort)) {
            String batch = tester.batch(
                    "t1",
                    IntStream.range(0, 150)
                            .mapToObj(i -> line("c" + i, LATE, program + " " + i))
                            .toList());
            await("some lines are done, others are at the engines")
                    .atMost(PATIENCE)
                    .until(() -> calls.getQueueLength() == 8);
            one.stop(0);
            other.stop(0);
            await("the tenant is told")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(tester.trouble(LATE)).isEqualTo("down"));
            assertThat(gateway.process().isAlive()).isTrue();
            assertThat(tester.results(batch)).extracting(Result::outcome).doesNotContain("FAILED");

            calls.release(1_000_000);
            one = tester.replica(onePort);

            List<Result> results = tester.resultsOf(batch, 150);
            assertThat(results).extracting(Result::outcome).containsOnly("COMPLETED");
        } finally {
            calls.release(1_000_000);
            one.stop(0);
        }
    }
}
