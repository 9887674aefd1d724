package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stock nginx breaks works behind one that is set up as documented. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
@SuppressWarnings("NullAway.Init")
class NginxTest {
    private static final String LINE = "{\"custom_id\":\"a\"}\n";

    private final HttpClient http = HttpClient.newHttpClient();

    @Inject
    Database database;

    private Nginx nginx;

    @BeforeEach
    void start() throws Exception {
        Readiness.await();
        Optional<Path> program = Nginx.program();
        assumeThat(program).as("nginx is installed").isPresent();
        nginx = Nginx.start(program.orElseThrow());
        await("nginx listens")
                .ignoreExceptions()
                .until(() -> http.send(request("/v1/files").build(), BodyHandlers.discarding())
                                .statusCode()
                        == 200);
    }

    @AfterEach
    void stop() {
        if (nginx != null) {
            nginx.close();
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + nginx.port() + path))
                .header("Authorization", "Bearer " + StackResource.ADMIN_KEY);
    }

    @Test
    void shouldPassALargeFileBothWays() throws Exception {
        byte[] bytes = Lines.noise(5 << 20);
        byte[] form = new Multipart()
                .field("purpose", "batch")
                .file("in.jsonl", bytes)
                .bytes();

        HttpResponse<String> uploaded = http.send(
                request("/v1/files")
                        .header("Content-Type", Multipart.TYPE)
                        .POST(BodyPublishers.ofByteArray(form))
                        .build(),
                BodyHandlers.ofString());

        assertThat(uploaded.statusCode()).as(uploaded.body()).isEqualTo(200);
        String id = new JsonObject(uploaded.body()).getString("id");
        assertThat(http.send(request("/v1/files/" + id + "/content").build(), BodyHandlers.ofByteArray())
                        .body())
                .isEqualTo(bytes);
        Api.admin().delete("/v1/files/" + id);
    }

    @Test
    void shouldPassEachLineOnAsItComes() throws Exception {
        String batch = Api.admin()
                .post("/v1/batches", "{\"input_file_id\":\"file-x\",\"endpoint\":\"/v1/embeddings\"}")
                .id();
        database.run(
                "update batch set status = 'in_progress', in_progress_at = now(), lines_total = 1 where id = $1",
                batch);
        database.run(
                "insert into file_segment (file_id, seq, bytes, inline) select output_ref, 0, $2, $3 from batch where id = $1",
                batch,
                (long) LINE.length(),
                Buffer.buffer(LINE));

        HttpResponse<InputStream> follow = http.send(
                request("/v1/batches/" + batch + "/results?follow=true").build(), BodyHandlers.ofInputStream());
        try (InputStream lines = follow.body()) {
            // The batch runs on, so that nothing but a line's coming could pass it on.
            assertThat(new String(lines.readNBytes(LINE.length()), StandardCharsets.UTF_8))
                    .isEqualTo(LINE);
        }
        database.run(
                "update batch set status = 'cancelled', cancelling_at = now(), cancelled_at = now(), lines_unserved = 1 where id = $1",
                batch);
    }

    @Test
    void shouldKeepWhatIsTheOperatorsFromTenants() throws Exception {
        assertThat(http.send(request("/q/health/ready").build(), BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(403);
    }
}
