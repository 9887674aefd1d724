package dev.longhaul.cli.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A Batch API whose answers a test lines up: for each request line, one after the other, the last one for ever. */
public final class FakeApi implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, Deque<Answer>> answers = new HashMap<>();
    private final Map<String, Function<String, @Nullable String>> byBody = new HashMap<>();
    private final List<Received> received = new ArrayList<>();

    /** What a client sent. */
    public record Received(String line, Map<String, List<String>> headers, String body) {}

    private record Answer(int status, String body, boolean cut) {}

    public FakeApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
    }

    /** @param line such as {@code GET /v1/batches/batch_1} */
    public synchronized FakeApi answer(String line, int status, String body) {
        answers.computeIfAbsent(line, key -> new ArrayDeque<>()).add(new Answer(status, body, false));
        return this;
    }

    /** Answers each such request by its body from now on; null is a 503. */
    public synchronized FakeApi answerEach(String line, Function<String, @Nullable String> answer) {
        byBody.put(line, answer);
        return this;
    }

    /** An answer of which only the first half arrives. */
    public synchronized FakeApi answerCut(String line, String body) {
        answers.computeIfAbsent(line, key -> new ArrayDeque<>()).add(new Answer(200, body, true));
        return this;
    }

    /** A batch in that state, as the API shows it. */
    public static String batch(String status, long total, long completed, long failed, String more) {
        return """
                {"id":"batch_1","object":"batch","status":"%s","endpoint":"/v1/embeddings","created_at":1700000000,
                "request_counts":{"total":%d,"completed":%d,"failed":%d}%s}""".formatted(status, total, completed, failed, more);
    }

    public synchronized List<Received> received(String line) {
        return received.stream().filter(one -> one.line().equals(line)).toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Answer answer = next(new Received(line, Map.copyOf(exchange.getRequestHeaders()), body));
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        exchange.sendResponseHeaders(from > 0 ? 206 : answer.status(), bytes.length - from);
        int end = answer.cut() ? bytes.length / 2 : bytes.length;
        exchange.getResponseBody().write(bytes, from, end - from);
        if (answer.cut()) {
            exchange.getResponseBody().flush();
        }
        exchange.close();
    }

    private synchronized Answer next(Received request) {
        received.add(request);
        Function<String, @Nullable String> own = byBody.get(request.line());
        if (own != null) {
            String body = own.apply(request.body());
            return body == null ? new Answer(503, "", false) : new Answer(200, body, false);
        }
        Deque<Answer> waiting = answers.get(request.line());
        if (waiting == null) {
            return new Answer(404, "{\"error\":{\"message\":\"nothing at " + request.line() + "\"}}", false);
        }
        return waiting.size() == 1 ? waiting.getFirst() : waiting.removeFirst();
    }
}
