package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every answer has, whoever gives it: a resource, its framework, or the HTTP server under both. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class HeadersTest {
    private final Api api = Api.admin();

    @BeforeEach
    void waitUntilReady() {
        Readiness.await();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/batches, 200",
        "GET, /v1/batches/none, 404",
        "GET, /v1/batches?limit=0, 400",
        "POST, /v1/batches, 400",
        "PATCH, /v1/batches, 405",
        "POST, /v1/files, 400",
        "GET, /v1/unknown, 404",
        "GET, /, 404",
        "GET, /q/unknown, 404",
        "GET, /favicon.ico, 404",
        "GET, /v1/%2e%2e/%2e%2e/etc/passwd, 404",
        "GET, /v1/batches/%C3%28, 404"
    })
    void shouldNameEveryAnswer(String method, String path, int status) throws Exception {
        Api.Answer answer = api.send(method, path, BodyPublishers.noBody());

        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("x-request-id")).matches("req_[0-9a-f]{32}");
        assertThat(answer.header("openai-version")).isEqualTo("2020-10-01");
        assertThat(answer.header("openai-processing-ms")).matches("[0-9]+");
        assertThat(answer.header("content-type")).startsWith("application/json");
        if (status >= 400) {
            assertThat(answer.error().fieldNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
            assertThat(answer.header("x-should-retry")).isEqualTo("false");
        }
    }

    @Test
    void shouldGiveItsOwnIdToARequestThatBringsOne() throws Exception {
        String first = api.get("/v1/batches", "x-request-id", "req_mine").header("x-request-id");
        String second = api.get("/v1/batches", "x-request-id", "req_mine").header("x-request-id");

        assertThat(first).isNotEqualTo("req_mine").isNotEqualTo(second);
    }

    @Test
    void shouldNameThoseWhoAreNotLetIn() throws Exception {
        Api.Answer answer = new Api("").get("/v1/batches");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("x-request-id")).startsWith("req_");
        assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /v1/batches, 'GET, HEAD, OPTIONS, POST'",
        "PATCH, /files, 'GET, HEAD, OPTIONS, POST'",
        "POST, /v1/batches/x, 'DELETE, GET, HEAD, OPTIONS'",
        "GET, /v1/batches/x/cancel, 'OPTIONS, POST'"
    })
    void shouldSayWhatIsAllowed(String method, String path, String allow) throws Exception {
        Api.Answer answer = api.send(method, path, BodyPublishers.noBody());

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("allow")).isEqualTo(allow);
    }

    /** A whole answer instead of a cut connection. */
    @ParameterizedTest
    @CsvSource({"header, 431", "line, 414"})
    void shouldAnswerAHeadThatIsTooLarge(String what, int status) throws Exception {
        String answer = raw(
                switch (what) {
                    case "header" ->
                        "GET /v1/batches HTTP/1.1\r\nHost: x\r\nX-Big: " + "y".repeat(200_000) + "\r\n\r\n";
                    default -> "GET /v1/batches?x=" + "y".repeat(200_000) + " HTTP/1.1\r\nHost: x\r\n\r\n";
                });

        assertThat(answer).startsWith("HTTP/1.1 " + status).contains("\r\n\r\n");
        assertThat(answer.toLowerCase(Locale.ROOT)).contains("x-request-id: req_");
        assertThat(answer).contains("\"invalid_request_error\"");
    }

    /** There the server under the service answers, which knows no more than the status. */
    @ParameterizedTest
    @CsvSource({"'GET /v1/batches HTTP/1.1\r\nHost: x\r\nX-Big: ', 431", "GET /v1/batches?x=, 414"})
    void shouldSayOfAHeadBeyondAllBoundsThatItIsTooLarge(String beginning, int status) throws Exception {
        assertThat(raw(beginning + "y".repeat(2 << 20) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .matches("(?s)HTTP/1\\.[01] " + status + " .*");
    }

    @Test
    void shouldAnswerWhatIsNoHttp() throws IOException {
        assertThat(raw("NONSENSE\r\n\r\n")).matches("(?s)HTTP/1\\.[01] 400 .*");
    }

    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", Api.port())) {
            socket.setSoTimeout(10_000);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                // The server may answer and close before it has read all.
            }
            return new String(socket.getInputStream().readNBytes(4096), StandardCharsets.UTF_8);
        }
    }

    @Test
    void shouldLetNoOriginInUnlessConfigured() throws Exception {
        Api.Answer answer = Api.admin().get("/v1/files", "Origin", "https://tools.example");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("access-control-allow-origin")).isEqualTo("(none)");
    }
}
