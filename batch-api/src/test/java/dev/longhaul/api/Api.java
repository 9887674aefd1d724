package dev.longhaul.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;

/** A client of the running service that hides nothing of HTTP. */
final class Api {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String key;

    Api(String key) {
        this.key = key;
    }

    static Api admin() {
        return new Api(StackResource.ADMIN_KEY);
    }

    static int port() {
        return ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class) == 0
                ? ConfigProvider.getConfig().getValue("quarkus.http.port", Integer.class)
                : ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
    }

    /** An answer with its body as bytes. */
    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        byte[] bytes() {
            return response.body();
        }

        JsonObject json() {
            return new JsonObject(text());
        }

        JsonObject error() {
            return json().getJsonObject("error");
        }

        JsonArray data() {
            return json().getJsonArray("data");
        }

        List<String> ids() {
            return data().stream()
                    .map(item -> ((JsonObject) item).getString("id"))
                    .toList();
        }

        String id() {
            return json().getString("id");
        }

        String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("(none)");
        }
    }

    Answer get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    Answer delete(String path) throws IOException, InterruptedException {
        return send("DELETE", path, BodyPublishers.noBody());
    }

    Answer post(String path, String body, String... headers) throws IOException, InterruptedException {
        return send("POST", path, BodyPublishers.ofString(body), headers);
    }

    Answer post(String path) throws IOException, InterruptedException {
        return send("POST", path, BodyPublishers.noBody());
    }

    Answer send(String method, String path, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .method(method, body);
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new Answer(HTTP.send(request.build(), BodyHandlers.ofByteArray()));
    }

    /** Sends a multipart body with its length. */
    Answer upload(Multipart form, String... headers) throws IOException, InterruptedException {
        return send("POST", "/v1/files", BodyPublishers.ofByteArray(form.bytes()), withType(headers));
    }

    /** Adds a part to an upload. */
    Answer addPart(String uploadId, byte[] bytes, String... headers) throws IOException, InterruptedException {
        byte[] body = new Multipart().data(bytes).bytes();
        return send("POST", "/v1/uploads/" + uploadId + "/parts", BodyPublishers.ofByteArray(body), withType(headers));
    }

    /** Sends a multipart body in chunks. */
    Answer uploadChunked(Multipart form, String... headers) throws IOException, InterruptedException {
        byte[] bytes = form.bytes();
        return send(
                "POST",
                "/v1/files",
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)),
                withType(headers));
    }

    private static String[] withType(String... headers) {
        String[] all = List.of(headers).toArray(new String[headers.length + 2]);
        all[headers.length] = "Content-Type";
        all[headers.length + 1] = Multipart.TYPE;
        return all;
    }

    /** Uploads a batch file of some lines; returns its id. */
    String uploaded(String lines) throws IOException, InterruptedException {
        Answer answer = upload(new Multipart().field("purpose", "batch").file("in.jsonl", lines));
        if (answer.status() != 200) {
            throw new AssertionError(answer.text());
        }
        return answer.id();
    }
}
