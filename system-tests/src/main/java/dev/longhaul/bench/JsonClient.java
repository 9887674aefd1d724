package dev.longhaul.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longhaul.system.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/** A client that asks for anything and can say how long it took. All threads. */
final class JsonClient {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI base;
    private final String key;

    /**
     * An answer's time.
     *
     * @param millis from the request's first byte to the answer's last
     * @param serverMillis as the answer says it, cut to whole ones
     */
    record Timed(double millis, double serverMillis) {}

    JsonClient(URI base, String key) {
        this.base = base;
        this.key = key;
    }

    JsonNode get(String path) {
        return Json.parse(send(request(path).build()).body());
    }

    JsonNode post(String path, String body) {
        return Json.parse(
                send(request(path).POST(BodyPublishers.ofString(body)).build()).body());
    }

    Timed timed(String path) {
        HttpRequest request = request(path).build();
        long begin = System.nanoTime();
        HttpResponse<byte[]> response = send(request);
        double millis = (System.nanoTime() - begin) / 1e6;
        return new Timed(
                millis,
                response.headers()
                        .firstValueAsLong("openai-processing-ms")
                        .orElseThrow(() -> new IllegalStateException("the answer does not say its time")));
    }

    private HttpResponse<byte[]> send(HttpRequest request) {
        try {
            HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(request.uri() + ": " + response.statusCode() + " "
                        + new String(response.body(), StandardCharsets.UTF_8));
            }
            return response;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", "Bearer " + key);
    }
}
