package dev.longhaul.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A client of the batch API that hides nothing: no retries. All threads. */
public final class Api {
    private static final String BOUNDARY = "longhaul-system-test-boundary";

    private final URI base;
    private final String key;

    /** @param base such as {@code http://127.0.0.1:8700/v1} */
    public Api(URI base, String key) {
        this.base = base;
        this.key = key;
    }

    /** An answer that is not 2xx. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int statusCode;

        Refused(HttpResponse<byte[]> response) {
            super(response.request().method() + " " + response.uri() + ": " + response.statusCode() + " "
                    + new String(response.body(), java.nio.charset.StandardCharsets.UTF_8));
            this.statusCode = response.statusCode();
        }

        public int statusCode() {
            return statusCode;
        }
    }

    /** Uploads an input file and answers its id; streams. */
    public String upload(Path file) {
        try {
            return upload(BodyPublishers.ofFile(file));
        } catch (FileNotFoundException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Uploads an input file and answers its id. */
    public String upload(byte[] content) {
        return upload(BodyPublishers.ofByteArray(content));
    }

    /** Uploads an input file of unknown size and answers its id. */
    public String upload(Supplier<InputStream> content) {
        return upload(BodyPublishers.ofInputStream(content));
    }

    private String upload(BodyPublisher content) {
        String begin =
                "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--" + BOUNDARY
                        + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"input.jsonl\"\r\n"
                        + "Content-Type: application/octet-stream\r\n\r\n";
        BodyPublisher body = BodyPublishers.concat(
                BodyPublishers.ofString(begin), content, BodyPublishers.ofString("\r\n--" + BOUNDARY + "--\r\n"));
        HttpRequest request = request("/files")
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(body)
                .build();
        return json(request).path("id").asText();
    }

    /** Creates a batch of chat completions with a window of a day. */
    public Batch create(String fileId) {
        return create(fileId, "/v1/chat/completions", "24h");
    }

    public Batch create(String fileId, String endpoint, String window) {
        return create(fileId, endpoint, window, "");
    }

    /** @param idempotencyKey empty for none */
    public Batch create(String fileId, String endpoint, String window, String idempotencyKey) {
        ObjectNode body = Json.object()
                .put("input_file_id", fileId)
                .put("endpoint", endpoint)
                .put("completion_window", window);
        HttpRequest.Builder request = request("/batches")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.bytes(body)));
        if (!idempotencyKey.isEmpty()) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        return new Batch(json(request.build()));
    }

    /** Creates a batch of chat completions that stops itself past so many errors. */
    public Batch createWithin(String fileId, String maxErrors) {
        ObjectNode body = Json.object()
                .put("input_file_id", fileId)
                .put("endpoint", "/v1/chat/completions")
                .put("max_errors", maxErrors);
        return new Batch(json(request("/batches")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.bytes(body)))
                .build()));
    }

    /** The failed lines of an ended batch as a batch of their own. */
    public Batch retry(String id) {
        return act(id, "retry");
    }

    /** Those of the failed lines of an ended batch that ended with that code. */
    public Batch retry(String id, String errorCode) {
        ObjectNode body = Json.object();
        body.putArray("error_codes").add(errorCode);
        return new Batch(post("/batches/" + id + "/retry", body));
    }

    /** The results of a batch from a byte on until it has ended; the caller closes the stream. */
    public InputStream follow(String id, long offset) {
        HttpResponse<InputStream> response = Http.send(
                request("/batches/" + id + "/results?follow=true&offset=" + offset)
                        .build(),
                BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("results of " + id + ": " + response.statusCode());
        }
        return response.body();
    }

    public Batch batch(String id) {
        return new Batch(json(request("/batches/" + id).build()));
    }

    public Batch cancel(String id) {
        return act(id, "cancel");
    }

    public Batch pause(String id) {
        return act(id, "pause");
    }

    public Batch resume(String id) {
        return act(id, "resume");
    }

    private Batch act(String id, String action) {
        return new Batch(json(request("/batches/" + id + "/" + action)
                .POST(BodyPublishers.noBody())
                .build()));
    }

    /** Sends JSON to a path, such as {@code /jobs}. */
    public JsonNode post(String path, String body) {
        return json(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    /** Deletes what is at a path. */
    public JsonNode delete(String path) {
        return json(request(path).DELETE().build());
    }

    /** The first page of a list, such as {@code /files}. */
    public JsonNode list(String path) {
        return json(request(path).build());
    }

    /** Deletes a file. */
    public void deleteFile(String id) {
        json(request("/files/" + id).DELETE().build());
    }

    /** What a path answers to a body of JSON. */
    public JsonNode post(String path, ObjectNode body) {
        return json(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.bytes(body)))
                .build());
    }

    /** The bytes of a file; the caller closes the stream. */
    public InputStream content(String fileId) {
        HttpResponse<InputStream> response =
                Http.send(request("/files/" + fileId + "/content").build(), BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new IllegalStateException("content of " + fileId + ": " + response.statusCode());
        }
        return response.body();
    }

    /**
     * Asks at a steady pace until the batch is as wished.
     *
     * @throws IllegalStateException when it isn't within the limit, with what it was last
     */
    public Batch await(String id, Duration every, Duration limit, Predicate<Batch> wished) {
        long begin = System.nanoTime();
        for (long turn = 1; ; turn++) {
            Batch batch = batch(id);
            if (wished.test(batch)) {
                return batch;
            }
            if (System.nanoTime() - begin > limit.toNanos()) {
                throw new IllegalStateException("not as wished after " + limit + ": " + batch.json());
            }
            pause(begin + turn * every.toNanos() - System.nanoTime());
        }
    }

    private static void pause(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private JsonNode json(HttpRequest request) {
        HttpResponse<byte[]> response = Http.send(request, BodyHandlers.ofByteArray());
        if (response.statusCode() / 100 != 2) {
            throw new Refused(response);
        }
        return Json.parse(response.body());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", "Bearer " + key);
    }
}
