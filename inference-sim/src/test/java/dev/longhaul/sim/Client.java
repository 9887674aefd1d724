package dev.longhaul.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A plain HTTP client of a simulator. */
final class Client implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String url;
    private final HttpClient http = HttpClient.newHttpClient();

    Client(Simulator simulator) {
        this.url = simulator.url();
    }

    HttpResponse<String> post(String path, String body) throws Exception {
        return http.send(request("POST", path, body), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<String>> postAsync(String path, String body) {
        return http.sendAsync(request("POST", path, body), BodyHandlers.ofString());
    }

    HttpResponse<String> chat(String text) throws Exception {
        return post("/v1/chat/completions", chatBody(text));
    }

    CompletableFuture<HttpResponse<String>> chatAsync(String text) {
        return postAsync("/v1/chat/completions", chatBody(text));
    }

    static String chatBody(String text) {
        return "{\"model\":\"sim-chat\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
    }

    HttpResponse<String> get(String path) throws Exception {
        return http.send(request("GET", path, ""), BodyHandlers.ofString());
    }

    HttpResponse<String> send(String method, String path, String body) throws Exception {
        return http.send(request(method, path, body), BodyHandlers.ofString());
    }

    void faults(String document) throws Exception {
        var answer = send("PUT", "/admin/faults", document);
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.body());
        }
    }

    JsonNode counters() throws Exception {
        return json(get("/admin/counters"));
    }

    /** Goes away with all its connections, as a killed client does. */
    @Override
    public void close() {
        http.shutdownNow();
        http.close();
    }

    static JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(answer.body(), e);
        }
    }

    private HttpRequest request(String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, BodyPublishers.ofString(body))
                .build();
    }
}
