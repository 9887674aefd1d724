package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that never get as far as a resource, or ask for what no resource has. Their heads are lines, separated by bars. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class StrayRequestsTest {
    @BeforeEach
    void ready() {
        Readiness.await();
    }

    private static Stream<Arguments> heads() {
        return Stream.of(
                Arguments.of(400, "GET /v1/files HTTP/1.1|Host: a b"),
                Arguments.of(400, "GET /v1/files HTTP/1.1"),
                Arguments.of(400, "GET /v1/files HTTP/1.1|Host: x:99999"),
                Arguments.of(400, "GET /v1/files HTTP/1.1|Host: x:port"),
                Arguments.of(400, "GET /v1/files HTTP/1.1|Host: [::1"),
                Arguments.of(400, "GET /v1/files HTTP/1.1|Host: http://x"),
                Arguments.of(400, "GET /v1/files HTTP/1.1|Host: x/y"),
                Arguments.of(400, "GET /v1/files HTTP/1.1|Host: a@b"),
                Arguments.of(400, "GET /v1/files HTTP/1.1|Host: %zz"),
                Arguments.of(200, "GET /v1/files?limit=1 HTTP/1.1|Host: a_b:80"),
                Arguments.of(400, "GET /v1/files/%zz HTTP/1.1|Host: x"),
                Arguments.of(400, "GET /v1/files/% HTTP/1.1|Host: x"),
                Arguments.of(404, "GET /v1/files/%ff HTTP/1.1|Host: x"),
                Arguments.of(400, "GET /v1/files/%00 HTTP/1.1|Host: x"),
                Arguments.of(404, "GET /v1/files/a%2Fb HTTP/1.1|Host: x"),
                Arguments.of(404, "GET /v1/../../etc HTTP/1.1|Host: x"),
                Arguments.of(400, "GET /v1/files?limit=%zz HTTP/1.1|Host: x"),
                Arguments.of(400, "GET /v1/files?after=% HTTP/1.1|Host: x"),
                Arguments.of(400, "GET /v1/files/{a}^ HTTP/1.1|Host: x"),
                Arguments.of(404, "OPTIONS * HTTP/1.1|Host: x"),
                Arguments.of(404, "GET v1/files HTTP/1.1|Host: x"),
                Arguments.of(400, "GET ?a=b HTTP/1.1|Host: x"),
                Arguments.of(404, "CONNECT x:80 HTTP/1.1|Host: x"),
                Arguments.of(405, "TRACE /v1/files HTTP/1.1|Host: x"),
                Arguments.of(405, "FOO /v1/files HTTP/1.1|Host: x"),
                Arguments.of(200, "GET /v1/files?limit=1 HTTP/1.1|Host: x|Accept: text/html"),
                Arguments.of(200, "GET /v1/files?limit=1 HTTP/1.1|Host: x|Accept: garbage"),
                Arguments.of(200, "GET /v1/files?limit=1 HTTP/1.1|Host: x|Accept: */*;q=0"),
                Arguments.of(200, "GET /v1/files?limit=1 HTTP/1.1|Host: x|Accept: ; ;"),
                Arguments.of(404, "GET /v1/nothing HTTP/1.1|Host: x|Accept: text/html"),
                Arguments.of(405, "PUT /v1/files HTTP/1.1|Host: x|Accept: text/html"),
                Arguments.of(404, "GET /v1/files/x/content HTTP/1.1|Host: x|Accept: garbage"),
                Arguments.of(404, "GET /v1/batches/x/results HTTP/1.1|Host: x|Accept: image/png"),
                Arguments.of(415, "POST /v1/batches HTTP/1.1|Host: x|Content-Type: ///|Content-Length: 2"),
                Arguments.of(
                        400,
                        "POST /v1/batches HTTP/1.1|Host: x|Content-Type: application/json; charset=bogus|Content-Length: 2"),
                Arguments.of(
                        400,
                        "POST /v1/files HTTP/1.1|Host: x|Content-Type: multipart/form-data; boundary=|Content-Length: 2"),
                Arguments.of(
                        400,
                        "POST /v1/files HTTP/1.1|Host: x|Content-Type: multipart/form-data; boundary=\"|Content-Length: 2"),
                Arguments.of(415, "POST /v1/batches HTTP/1.1|Host: x|Content-Encoding: gzip|Content-Length: 2"),
                Arguments.of(415, "POST /v1/files HTTP/1.1|Host: x|Content-Encoding: br|Content-Length: 2"),
                Arguments.of(400, "POST /v1/batches HTTP/1.1|Host: x|Content-Encoding: identity|Content-Length: 2"),
                Arguments.of(200, "GET /v1/files?limit=1 HTTP/1.1|Host: x|Accept-Charset: ;;|Accept-Encoding: ;;q="),
                Arguments.of(404, "GET /q/nothing HTTP/1.1|Host: x"),
                Arguments.of(400, "GET /q/%zz HTTP/1.1|Host: x"),
                Arguments.of(404, "GET / HTTP/1.1|Host: x"));
    }

    @ParameterizedTest
    @MethodSource("heads")
    void shouldAnswerInOpenAisShapeWithAnId(int status, String head) throws Exception {
        List<String> errors = new CopyOnWriteArrayList<>();
        Handler listener = listener(errors);
        Logger root = Logger.getLogger("");
        root.addHandler(listener);
        String answer;
        try {
            answer = send(head.replace("|", "\r\n") + "\r\nAuthorization: Bearer " + StackResource.ADMIN_KEY
                    + "\r\nConnection: close\r\n\r\n{}");
        } finally {
            root.removeHandler(listener);
        }

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("\r\nx-request-id: req_");
        JsonObject body = new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        if (status >= 400) {
            assertThat(body.getJsonObject("error").fieldNames()).contains("message", "type", "param", "code");
            assertThat(body.getJsonObject("error").getString("message")).isNotBlank();
        } else {
            assertThat(body.getString("object")).isEqualTo("list");
        }
        assertThat(errors).isEmpty();
    }

    private static String send(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", Api.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Notes errors in the log. */
    private static Handler listener(List<String> errors) {
        return new Handler() {
            @Override
            public void publish(LogRecord entry) {
                if (entry.getLevel().intValue() >= Level.SEVERE.intValue()) {
                    errors.add(entry.getLoggerName() + " " + entry.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
