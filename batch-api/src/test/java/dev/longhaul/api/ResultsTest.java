package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ResultsTest {
    private static final String FIRST = "{\"custom_id\":\"a\"}\n";
    private static final String SECOND = "{\"custom_id\":\"b\"}\n";

    private final Api api = Api.admin();

    @Inject
    Database database;

    private String batch = "";

    @BeforeEach
    void aRunningBatch() throws Exception {
        Readiness.await();
        batch = api.post("/v1/batches", "{\"input_file_id\":\"file-x\",\"endpoint\":\"/v1/chat/completions\"}")
                .id();
        database.run(
                "update batch set status = 'in_progress', in_progress_at = now(), lines_total = 2 where id = $1",
                batch);
    }

    @Test
    void shouldAnswerWhatIsSealedFromAnyByteOn() throws Exception {
        seal(0, FIRST);

        Api.Answer first = api.get("/v1/batches/" + batch + "/results");
        seal(1, SECOND);
        Api.Answer second = api.get("/v1/batches/" + batch + "/results?offset=" + FIRST.length());
        Api.Answer nothing = api.get("/v1/batches/" + batch + "/results?offset=" + (FIRST + SECOND).length());

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("Content-Type")).isEqualTo("application/jsonl");
        assertThat(first.text()).isEqualTo(FIRST);
        assertThat(second.text()).isEqualTo(SECOND);
        assertThat(nothing.status()).isEqualTo(200);
        assertThat(nothing.bytes()).isEmpty();
    }

    @Test
    void shouldAnswerARange() throws Exception {
        seal(0, FIRST);

        Api.Answer running = api.get("/v1/batches/" + batch + "/results", "Range", "bytes=2-");
        end();
        Api.Answer ended = api.get("/v1/batches/" + batch + "/results", "Range", "bytes=2-4");
        Api.Answer past = api.get("/v1/batches/" + batch + "/results", "Range", "bytes=1000-");

        assertThat(running.status()).isEqualTo(206);
        assertThat(running.text()).isEqualTo(FIRST.substring(2));
        assertThat(running.header("Content-Range")).isEqualTo("bytes 2-" + (FIRST.length() - 1) + "/*");
        assertThat(ended.text()).isEqualTo(FIRST.substring(2, 5));
        assertThat(ended.header("Content-Range")).isEqualTo("bytes 2-4/" + FIRST.length());
        assertUnsatisfiable(past);
    }

    @Test
    void shouldAnswerTheBytesOfTheFileOnceTheBatchHasEnded() throws Exception {
        seal(0, FIRST);
        seal(1, SECOND);
        end();
        String file = api.get("/v1/batches/" + batch).json().getString("output_file_id");

        assertThat(api.get("/v1/batches/" + batch + "/results").bytes())
                .isEqualTo(api.get("/v1/files/" + file + "/content").bytes());
        assertThat(api.get("/v1/batches/" + batch + "/results?follow=true").text())
                .isEqualTo(FIRST + SECOND);

        api.delete("/v1/files/" + file);

        assertThat(api.get("/v1/batches/" + batch + "/results").status()).isEqualTo(404);
        assertThat(api.get("/v1/batches/" + batch + "/results?follow=true").status())
                .isEqualTo(404);
        assertThat(api.get("/v1/batches/" + batch + "/errors").status()).isEqualTo(200);
    }

    @Test
    void shouldAnswerNothingWhereThereIsNothing() throws Exception {
        Api.Answer answer = api.get("/v1/batches/" + batch + "/errors");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.bytes()).isEmpty();
        assertThat(api.get("/v1/batches/batch_none/errors").status()).isEqualTo(404);
    }

    @Test
    void shouldStayUntilTheBatchHasEnded() throws Exception {
        seal(0, FIRST);
        try (InputStream lines = follow()) {
            assertThat(read(lines, FIRST.length())).isEqualTo(FIRST);
            grow(0, FIRST + SECOND);
            assertThat(read(lines, SECOND.length())).isEqualTo(SECOND);
            CompletableFuture<Integer> end = CompletableFuture.supplyAsync(() -> {
                try {
                    return lines.read();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(end).isNotDone();
            end();
            assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "offset=x, invalid_type, offset",
        "offset=-1, integer_below_min_value, offset",
        "offset=1.5, invalid_type, offset",
        "follow=yes, invalid_value, follow"
    })
    void shouldRefuseByName(String query, String code, String param) throws Exception {
        Api.Answer answer = api.get("/v1/batches/" + batch + "/results?" + query);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().getString("code")).isEqualTo(code);
        assertThat(answer.error().getString("param")).isEqualTo(param);
    }

    @Test
    void shouldRefuseAnOffsetPastTheEnd() throws Exception {
        seal(0, FIRST);

        Api.Answer answer = api.get("/v1/batches/" + batch + "/results?offset=1000");

        assertUnsatisfiable(answer);
    }

    private static void assertUnsatisfiable(Api.Answer answer) {
        assertThat(answer.status()).isEqualTo(416);
        assertThat(answer.header("Content-Range")).isEqualTo("bytes */" + FIRST.length());
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
        assertThat(answer.error().getString("message")).contains("there are " + FIRST.length());
    }

    private InputStream follow() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + Api.port() + "/v1/batches/" + batch + "/results?follow=true"))
                .header("Authorization", "Bearer " + StackResource.ADMIN_KEY)
                .build();
        HttpResponse<InputStream> response =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private static String read(InputStream in, int bytes) throws IOException {
        return new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
    }

    private void seal(int seq, String text) {
        database.run(
                "insert into file_segment (file_id, seq, bytes, inline) select output_ref, $2, $3, $4 from batch where id = $1",
                batch,
                seq,
                (long) text.length(),
                Buffer.buffer(text));
    }

    private void grow(int seq, String text) {
        database.run("""
                update file_segment set bytes = $3, inline = $4
                where file_id = (select output_ref from batch where id = $1) and seq = $2""", batch, seq, (long) text.length(), Buffer.buffer(text));
    }

    private void end() {
        database.run("""
                insert into file (id, tenant_id, filename, purpose, bytes, state)
                select output_ref, tenant_id, 'out.jsonl', 'batch_output',
                  (select sum(bytes) from file_segment where file_id = output_ref), 'ready' from batch where id = $1""", batch);
        database.run("""
                update batch set status = 'completed', finalizing_at = now(), completed_at = now(), lines_completed = 2,
                  output_file_id = output_ref where id = $1""", batch);
    }
}
