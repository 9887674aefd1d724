package dev.longhaul.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiClientTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path directory = Path.of("");

    private final FakeApi api;
    private final ApiClient client;

    ApiClientTest() throws IOException {
        api = new FakeApi();
        client = new ApiClient(api.url(), "sk-test", PATIENCE);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void shouldUploadAFileAsAForm() throws IOException {
        Path file = Files.writeString(directory.resolve("my \"requests\".txt"), "{\"a\":1}\n{\"b\":2}");
        api.answer("POST /v1/files", 200, "{\"id\":\"file-1\"}");

        assertThat(client.files().upload(file, Files.size(file), "batch")).isEqualTo("file-1");

        FakeApi.Received request = api.received("POST /v1/files").getFirst();
        assertThat(request.headers()).containsEntry("Authorization", List.of("Bearer sk-test"));
        assertThat(request.body())
                .contains("name=\"purpose\"\r\n\r\nbatch\r\n")
                .contains("filename=\"my %22requests%22.txt.jsonl\"")
                .contains("\r\n\r\n{\"a\":1}\n{\"b\":2}\r\n--");
    }

    @Test
    void shouldRepeatACreateUnderOneIdempotencyKeyWhileTheServiceIsNotReady() {
        api.answer("POST /v1/batches", 503, "")
                .answer("POST /v1/batches", 200, FakeApi.batch("validating", 0, 0, 0, ""));

        Batch batch = client.create(new NewBatch("file-1", "/v1/embeddings", "24h", Map.of(), null, null));

        assertThat(batch.id()).isEqualTo("batch_1");
        assertThat(api.received("POST /v1/batches"))
                .hasSize(2)
                .extracting(request -> request.headers().get("Idempotency-key"))
                .doesNotContainNull()
                .containsOnly(
                        api.received("POST /v1/batches").getFirst().headers().get("Idempotency-key"));
    }

    @Test
    void shouldTellTheServicesOwnWordsWhenItRefuses() {
        api.answer("GET /v1/batches/x", 404, "{\"error\":{\"message\":\"No batch found with id 'x'.\"}}");

        assertThatThrownBy(() -> client.get("x"))
                .isInstanceOf(ApiException.class)
                .hasMessage("No batch found with id 'x'.");
        assertThat(api.received("GET /v1/batches/x")).hasSize(1);
    }

    @Test
    void shouldSayWhoDidNotAnswer() {
        ApiClient nobody = new ApiClient(URI.create("http://127.0.0.1:1/v1"), "", Duration.ofMillis(100));

        assertThatThrownBy(() -> nobody.get("x"))
                .isInstanceOf(ApiException.class)
                .hasMessage("no answer from http://127.0.0.1:1/v1: connection refused");
    }

    @Test
    void shouldRepeatADownloadThatWasCut() throws IOException {
        String line = "GET /v1/files/file-2/content";
        api.answerCut(line, "0123456789").answer(line, 200, "0123456789");
        Path target = directory.resolve("out");

        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            client.files().download("file-2", channel);
        }

        assertThat(target).hasContent("0123456789");
        assertThat(api.received(line)).hasSize(2);
    }

    @Test
    void shouldFetchOnlyWhatADownloadStillLacks() throws IOException {
        String line = "GET /v1/files/file-2/content";
        api.answer(line, 200, "0123456789");
        Path target = Files.writeString(directory.resolve("out"), "01234");

        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
            channel.position(5);
            client.files().download("file-2", channel);
        }

        assertThat(target).hasContent("0123456789");
        assertThat(api.received(line).getLast().headers()).containsEntry("Range", List.of("bytes=5-"));
    }

    @Test
    void shouldGoOnWithResultsWhereTheyWereCut() {
        api.answerCut("GET /v1/batches/b/results?offset=0&follow=true", "0123456789")
                // Should the client see the cut before the bytes that came in front of it.
                .answer("GET /v1/batches/b/results?offset=0&follow=true", 200, "0123456789")
                .answer("GET /v1/batches/b/results?offset=5&follow=true", 200, "56789");
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        client.results(new ResultStream("b", "results", true, 0), out);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("0123456789");
    }

    @Test
    void shouldSayWhatHoldsABatchUp() {
        assertThat(note("in_progress", "\"paused_at\":1700000000")).isEqualTo("paused");
        assertThat(note("validating", "\"progress\":{\"planned_share\":0.42}")).isEqualTo("42 % read");
        assertThat(note("in_progress", "\"progress\":{\"waiting\":{\"backend_down\":7,\"rate_limited\":1}}"))
                .isEqualTo("7 wait for a backend that is down");
        assertThat(note("in_progress", "\"progress\":{\"waiting\":{\"key_refused\":2,\"rate_limited\":1}}"))
                .isEqualTo("2 wait for a backend that refuses the operator's key");
        assertThat(note("in_progress", "\"progress\":{\"waiting\":{\"rate_limited\":1},\"planned_share\":1}"))
                .isEqualTo("1 wait for a busy backend");
        assertThat(note("in_progress", "\"paused_at\":null")).isEmpty();
    }

    private String note(String status, String more) {
        try (FakeApi other = new FakeApi()) {
            other.answer("GET /v1/batches/b", 200, FakeApi.batch(status, 9, 0, 0, "," + more));
            return new ApiClient(other.url(), "", Duration.ofSeconds(1))
                    .get("b")
                    .note();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldReadTheProblemsOfAFailedBatch() {
        api.answer("GET /v1/batches/batch_1", 200, FakeApi.batch("failed", 0, 0, 0, """
                ,"output_file_id":null,"errors":{"object":"list","data":[
                {"code":"invalid_json_line","message":"This line is not parseable as valid JSON.","param":null,"line":3},
                {"code":"empty_file","message":"No lines.","param":null,"line":null}]}"""));

        Batch batch = client.get("batch_1");

        assertThat(batch.hasEnded()).isTrue();
        assertThat(batch.outputFileId()).isNull();
        assertThat(batch.errors())
                .extracting(Batch.Problem::toString)
                .containsExactly(
                        "line 3: This line is not parseable as valid JSON. (invalid_json_line)",
                        "No lines. (empty_file)");
    }
}
