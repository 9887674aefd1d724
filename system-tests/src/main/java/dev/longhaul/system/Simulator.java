package dev.longhaul.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Map;

/** The controls of a running inference-sim. All threads. */
public final class Simulator {
    private final URI base;

    public Simulator(int port) {
        this.base = URI.create("http://127.0.0.1:" + port);
    }

    /**
     * The calls for one line.
     *
     * @param firstMs when the first came, in ms since 1970
     * @param lastMs when the last came
     */
    public record Calls(int count, long firstMs, long lastMs) {}

    public URI base() {
        return base;
    }

    /** Sets what is said; what isn't goes back to no fault. Keys are those of {@code /admin/faults}. */
    public void behave(Map<String, ?> faults) {
        call(HttpRequest.newBuilder(base.resolve("/admin/faults")).PUT(BodyPublishers.ofByteArray(Json.bytes(faults))));
    }

    /** Forgets all counts. */
    public void reset() {
        call(HttpRequest.newBuilder(base.resolve("/admin/counters")).DELETE());
    }

    public long requests() {
        return counters().path("requests").asLong();
    }

    public int inFlight() {
        return counters().path("in_flight").asInt();
    }

    /** The calls by the {@code user} of their bodies; counted only where {@code count_lines} was set before. */
    public Map<String, Calls> calls() {
        Map<String, Calls> calls = new HashMap<>();
        call(HttpRequest.newBuilder(base.resolve("/admin/lines?detail=true")))
                .properties()
                .forEach(line -> calls.put(
                        line.getKey(),
                        new Calls(
                                line.getValue().path("calls").asInt(),
                                line.getValue().path("first_ms").asLong(),
                                line.getValue().path("last_ms").asLong())));
        return calls;
    }

    private JsonNode counters() {
        return call(HttpRequest.newBuilder(base.resolve("/admin/counters")));
    }

    private static JsonNode call(HttpRequest.Builder request) {
        HttpResponse<byte[]> response = Http.send(request.build(), BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IllegalStateException(response.uri() + ": " + response.statusCode());
        }
        return Json.parse(response.body());
    }
}
