package dev.longhaul.cli.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** The part of the API that is about files. Safe for use by several threads. */
public final class FilesApi {
    private static final Duration UPLOAD_LIMIT = Duration.ofHours(12);
    /** With an MD5 the service reads all bytes again, which it is not asked for here; this is for slow stores. */
    private static final Duration COMPLETE_LIMIT = Duration.ofMinutes(10);

    private final ApiClient client;

    FilesApi(ApiClient client) {
        this.client = client;
    }

    /** An upload in parts. */
    record Created(String id, long expiresAt) {}

    /** Uploads a file in one request and answers its id. */
    public String upload(Path file, long length, String purpose) {
        String idempotencyKey = UUID.randomUUID().toString();
        return id(client.json(() -> {
            FileForm form = FileForm.ofFile(file, length, purpose);
            return client.request("/files")
                    .timeout(UPLOAD_LIMIT)
                    .header("Content-Type", form.contentType())
                    .header("Idempotency-Key", idempotencyKey)
                    .POST(form.body())
                    .build();
        }));
    }

    Created createUpload(String filename, long length, String purpose) {
        String idempotencyKey = UUID.randomUUID().toString();
        String body = JsonNodeFactory.instance
                .objectNode()
                .put("filename", filename)
                .put("purpose", purpose)
                .put("bytes", length)
                .put("mime_type", "application/octet-stream")
                .toString();
        JsonNode upload = client.json(() -> client.request("/uploads")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", idempotencyKey)
                .POST(BodyPublishers.ofString(body))
                .build());
        return new Created(id(upload), upload.path("expires_at").asLong());
    }

    String addPart(String uploadId, Path file, long offset, long length) {
        String idempotencyKey = UUID.randomUUID().toString();
        return id(client.json(() -> {
            FileForm form = FileForm.ofPart(file, offset, length);
            return client.request("/uploads/" + uploadId + "/parts")
                    .timeout(UPLOAD_LIMIT)
                    .header("Content-Type", form.contentType())
                    .header("Idempotency-Key", idempotencyKey)
                    .POST(form.body())
                    .build();
        }));
    }

    /** Answers the file's id. A repeat is safe: the service answers the same completion with the same file. */
    String completeUpload(String uploadId, List<String> partIds) {
        ArrayNode ids = JsonNodeFactory.instance.arrayNode();
        partIds.forEach(ids::add);
        String body = JsonNodeFactory.instance
                .objectNode()
                .<com.fasterxml.jackson.databind.node.ObjectNode>set("part_ids", ids)
                .toString();
        return id(client.json(() -> client.request("/uploads/" + uploadId + "/complete")
                        .timeout(COMPLETE_LIMIT)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build())
                .path("file"));
    }

    /** The newest first; each as the API shows it. */
    public List<JsonNode> list(int limit, String purpose) {
        return client.entries("/files", limit, "purpose", purpose);
    }

    /** One, as the API shows it. */
    public JsonNode get(String id) {
        return client.json(() -> client.request("/files/" + id).build());
    }

    /** Writes a file's content behind what the channel holds already; a cut download continues where it was cut. */
    public void download(String id, FileChannel target) throws IOException {
        client.download(content(id), new CopiedBytes(target.position()), Channels.newOutputStream(target));
    }

    /** Writes a file's content to a stream; a cut download continues where it was cut. */
    public void download(String id, OutputStream target) {
        client.download(content(id), new CopiedBytes(0), target);
    }

    private static String content(String id) {
        return "/files/" + id + "/content";
    }

    /** From now on nobody finds it. */
    public void delete(String id) {
        client.json(() -> client.request("/files/" + id).DELETE().build());
    }

    String base() {
        return client.base();
    }

    private static String id(JsonNode answer) {
        return answer.path("id").asText();
    }
}
