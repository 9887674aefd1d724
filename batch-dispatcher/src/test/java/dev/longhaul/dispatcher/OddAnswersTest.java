package dev.longhaul.dispatcher;

import static dev.longhaul.dispatcher.DispatcherTester.FAKE;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static dev.longhaul.dispatcher.DispatcherTester.reply;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.longhaul.dispatcher.DispatcherTester.Result;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers as gateways of all kinds make them, and what becomes of their lines; a healthy one stands beside each. */
@QuarkusTest
@QuarkusTestResource(DispatcherTester.class)
class OddAnswersTest {
    private final DispatcherTester tester = DispatcherTester.get();

    @AfterEach
    void wellAgain() {
        tester.answerer = (exchange, body) -> reply(exchange, 200, "{}");
    }

    @Test
    void aRedirectIsNotFollowedAndSaidInWords() {
        Result odd = resultOf(exchange -> {
            exchange.getResponseHeaders().add("Location", "https://elsewhere.example/v1/chat?token=secret");
            reply(exchange, 307, "");
        });

        assertThat(odd.text())
                .contains("\"code\":\"backend_redirect\"")
                .contains("307")
                .contains("https://elsewhere.example/v1/chat.")
                .contains("not followed")
                .doesNotContain("secret");
    }

    @Test
    void headersAsLongAsGatewaysMakeThemAreTakenAndLongerOnesSaidInWords() {
        assertThat(resultOf(exchange -> {
                            exchange.getResponseHeaders().add("X-Trace", "t".repeat(50_000));
                            reply(exchange, 200, "{\"odd\":1}");
                        })
                        .text())
                .contains("{\"odd\":1}");
        assertThat(resultOf(exchange -> {
                            exchange.getResponseHeaders().add("X-Trace", "t".repeat(70_000));
                            reply(exchange, 200, "{}");
                        })
                        .text())
                .contains("\"code\":\"invalid_response\"")
                .contains("65536 bytes");
    }

    @Test
    void aContentCodingIsUndoneOrRefusedByName() throws IOException {
        ByteArrayOutputStream coded = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(coded)) {
            gzip.write("{\"odd\":\"gzip\"}".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(resultOf(exchange -> send(exchange, "gzip", coded.toByteArray()))
                        .text())
                .contains("{\"odd\":\"gzip\"}");
        assertThat(resultOf(exchange -> send(exchange, "x-odd", coded.toByteArray()))
                        .text())
                .contains("\"code\":\"invalid_response\"")
                .contains("content coding 'x-odd'");
    }

    @Test
    void anEmptyRequestIdIsReplacedByOneOfOurs() {
        assertThat(resultOf(exchange -> {
                            exchange.getResponseHeaders().add("x-request-id", "");
                            reply(exchange, 200, "{}");
                        })
                        .text())
                .contains("\"request_id\":\"req_");
    }

    private static void send(HttpExchange exchange, String coding, byte[] body) throws IOException {
        exchange.getResponseHeaders().add("Content-Encoding", coding);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private interface Odd {
        void answer(HttpExchange exchange) throws IOException;
    }

    private Result resultOf(Odd odd) {
        tester.answerer = (exchange, body) -> {
            if (body.contains("odd")) {
                odd.answer(exchange);
            } else {
                reply(exchange, 200, "{}");
            }
        };
        String batch = tester.batch("t1", List.of(line("a", FAKE, "odd"), line("b", FAKE, "healthy")));
        List<Result> results = tester.resultsOf(batch, 2);
        assertThat(results)
                .filteredOn(result -> result.line() == 2)
                .extracting(Result::outcome)
                .containsExactly("COMPLETED");
        return results.stream().filter(result -> result.line() == 1).findFirst().orElseThrow();
    }
}
