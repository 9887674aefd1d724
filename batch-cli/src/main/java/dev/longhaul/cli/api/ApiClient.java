package dev.longhaul.cli.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of the Batch API. A call that found no server, or one that is not ready, is repeated for some time: the
 * service may be restarted under a running command. Those that create something carry a key that makes the repeat safe.
 * Safe for use by several threads.
 */
public final class ApiClient {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int LARGEST_PAGE = 100;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    private final String base;
    private final HttpTarget target;
    private final String key;
    private final Retry retry;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /**
     * @param base ends in {@code /v1}
     * @param key empty for a service that asks for none
     * @param patience how long a call is repeated while there is no answer
     */
    public ApiClient(URI base, String key, Duration patience) {
        this.base = base.toString().replaceAll("/+$", "");
        this.target = new HttpTarget(URI.create(this.base));
        this.key = key;
        this.retry = new Retry(this.base, patience);
    }

    /** The files there. */
    public FilesApi files() {
        return new FilesApi(this);
    }

    /** The API keys there. */
    public KeysApi keys() {
        return new KeysApi(this);
    }

    public Batch create(NewBatch batch) {
        String idempotencyKey = UUID.randomUUID().toString();
        String body = batch.toJson();
        return Batch.of(json(() -> request("/batches")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", idempotencyKey)
                .POST(BodyPublishers.ofString(body))
                .build()));
    }

    public Batch get(String batchId) {
        return Batch.of(json(() -> request("/batches/" + batchId).build()));
    }

    /**
     * The newest first, so many at most.
     *
     * @param status null for those of any
     */
    public List<Batch> list(int limit, @Nullable String status) {
        return entries("/batches", limit, "status", status).stream()
                .map(Batch::of)
                .toList();
    }

    public Batch cancel(String batchId) {
        return act(batchId, "cancel");
    }

    public Batch pause(String batchId) {
        return act(batchId, "pause");
    }

    public Batch resume(String batchId) {
        return act(batchId, "resume");
    }

    private Batch act(String batchId, String action) {
        return Batch.of(json(() -> request("/batches/" + batchId + "/" + action)
                .POST(BodyPublishers.noBody())
                .build()));
    }

    /**
     * Runs the failed lines of an ended batch again.
     *
     * @param codes only those that ended so; empty for all
     * @param window null for that of the batch
     */
    public Batch retry(String batchId, List<String> codes, @Nullable String window) {
        String idempotencyKey = UUID.randomUUID().toString();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        if (!codes.isEmpty()) {
            codes.forEach(body.putArray("error_codes")::add);
        }
        if (window != null) {
            body.put("completion_window", window);
        }
        return Batch.of(json(() -> request("/batches/" + batchId + "/retry")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", idempotencyKey)
                .POST(BodyPublishers.ofString(body.toString()))
                .build()));
    }

    /** Copies results of a batch; a connection that is cut goes on where it was cut. */
    public void results(ResultStream stream, OutputStream out) {
        boolean ended = false;
        while (!ended) {
            // Patience begins anew with each piece that came.
            ended = retry.run(() -> results(stream.path(), stream, out));
        }
    }

    /** True at the end, false when the connection was cut. */
    private boolean results(String path, ResultStream stream, OutputStream out) throws IOException {
        // Without a limit: the first line may come late.
        HttpResponse<InputStream> response = send(authorized(path).build(), BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() / 100 != 2) {
                throw refusal(response.statusCode(), new String(body.readNBytes(64 * 1024), StandardCharsets.UTF_8));
            }
            try {
                stream.copy(body, out);
                return true;
            } catch (IOException e) {
                if (stream.path().equals(path)) {
                    throw e;
                }
                return false;
            }
        }
    }

    /** Copies an answer; a connection that is cut continues where it was cut. */
    void download(String path, CopiedBytes copied, OutputStream out) {
        retry.run(() -> {
            long have = copied.count();
            HttpRequest.Builder request = request(path);
            if (have > 0) {
                request.header("Range", "bytes=" + have + "-");
            }
            HttpResponse<InputStream> response = send(request.build(), BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() == 416 && have > 0) {
                    return copied; // the cut came after the last byte
                }
                if (response.statusCode() / 100 != 2) {
                    throw refusal(
                            response.statusCode(), new String(body.readNBytes(64 * 1024), StandardCharsets.UTF_8));
                }
                if (response.statusCode() == 200) {
                    body.skipNBytes(have);
                }
                copied.copy(body, out);
                return copied;
            }
        });
    }

    /**
     * The entries of a list in its own order, page by page until there are so many.
     *
     * @param filter the parameter to ask with
     * @param value what it is to be; null or empty for all entries
     */
    List<JsonNode> entries(String path, int limit, String filter, @Nullable String value) {
        String query = value == null || value.isEmpty()
                ? ""
                : "&" + filter + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
        List<JsonNode> entries = new ArrayList<>();
        JsonNode page;
        do {
            int size = Math.min(LARGEST_PAGE, limit - entries.size());
            String after = entries.isEmpty()
                    ? ""
                    : "&after=" + entries.getLast().path("id").asText();
            page = json(() -> request(path + "?limit=" + size + query + after).build());
            page.path("data").forEach(entries::add);
        } while (entries.size() < limit && page.path("has_more").asBoolean());
        return entries;
    }

    JsonNode json(Supplier<HttpRequest> request) {
        return retry.run(() -> {
            HttpResponse<String> response = send(request.get(), BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw refusal(response.statusCode(), response.body());
            }
            try {
                return MAPPER.readTree(response.body());
            } catch (JsonProcessingException e) {
                throw new ApiException(response.statusCode(), base + " answered something that is not JSON");
            }
        });
    }

    /** Where it is, ending in {@code /v1}. */
    String base() {
        return base;
    }

    private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) throws IOException {
        try {
            return http.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException("interrupted", e);
        }
    }

    HttpRequest.Builder request(String path) {
        return authorized(path).timeout(ANSWER_LIMIT);
    }

    private HttpRequest.Builder authorized(String path) {
        HttpRequest.Builder builder;
        try {
            builder = target.request(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return key.isEmpty() ? builder : builder.header("Authorization", "Bearer " + key);
    }

    private static ApiException refusal(int status, String body) {
        try {
            String message = MAPPER.readTree(body).path("error").path("message").asText("");
            if (!message.isEmpty()) {
                return new ApiException(status, message);
            }
        } catch (JsonProcessingException e) {
            // not ours: said as it came
        }
        String start = body.substring(0, Math.min(200, body.length())).strip();
        return new ApiException(status, "HTTP status " + status + (start.isEmpty() ? "" : ": " + start));
    }
}
