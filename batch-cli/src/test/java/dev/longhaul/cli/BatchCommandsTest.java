package dev.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.cli.api.FakeApi;
import dev.longhaul.cli.local.Backend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands about batches ask of the service, and say of it. */
class BatchCommandsTest {
    @TempDir
    Path directory = Path.of("");

    private final FakeApi api;
    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    BatchCommandsTest() throws IOException {
        api = new FakeApi();
    }

    @BeforeEach
    void capture() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void release() {
        System.setOut(stdout);
        System.setErr(stderr);
        api.close();
    }

    @Test
    void shouldSubmitWithMetadataJobAndErrorLimit() throws IOException {
        Path input = Files.writeString(directory.resolve("in.jsonl"), "{\"url\":\"/v1/embeddings\"}\n");
        api.answer("POST /v1/files", 200, "{\"id\":\"file-1\"}")
                .answer("POST /v1/batches", 200, FakeApi.batch("validating", 0, 0, 0, ""));

        assertThat(longhaul(
                        "submit",
                        "--input",
                        input.toString(),
                        "--metadata",
                        "run=7",
                        "--metadata",
                        "note=a=b",
                        "--job",
                        "job-1",
                        "--max-errors",
                        "5%"))
                .isZero();

        assertThat(api.received("POST /v1/batches").getFirst().body())
                .startsWith(
                        "{\"input_file_id\":\"file-1\",\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"24h\"")
                .contains("\"run\":\"7\"", "\"note\":\"a=b\"")
                .endsWith("\"job_id\":\"job-1\",\"max_errors\":\"5%\"}");
    }

    @Test
    void shouldListThoseOfAStatusPageByPage() {
        String batch = FakeApi.batch("in_progress", 2, 1, 0, "");
        api.answer("GET /v1/batches?limit=100&status=in_progress", 200, "{\"data\":[" + batch + "],\"has_more\":true}")
                .answer(
                        "GET /v1/batches?limit=100&status=in_progress&after=batch_1",
                        200,
                        "{\"data\":[" + batch + "],\"has_more\":false}");

        assertThat(longhaul("list", "-n", "150", "--status", "in_progress")).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8)).hasLineCount(2);
    }

    @Test
    void shouldSayThatThereAreNoneOfAStatus() {
        api.answer("GET /v1/batches?limit=20&status=expired", 200, "{\"data\":[]}");

        assertThat(longhaul("list", "--status", "expired")).isZero();

        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("longhaul: there are no batches of status expired\n");
    }

    @Test
    void shouldShowABatchAsTheServiceDoes() {
        api.answer("GET /v1/batches/batch_1", 200, FakeApi.batch("in_progress", 2, 1, 0, ",\"more\":[1]"));

        assertThat(longhaul("show", "batch_1")).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8)).contains("\"status\" : \"in_progress\"", "\"more\" : [ 1 ]");
    }

    @Test
    void shouldNameABackendThatDoesNotAnswer() {
        Local.sayUnreachable(List.of(Backend.parse("gpu=http://127.0.0.1:1/v1", 1)), Duration.ofMillis(100));

        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        "longhaul: backend gpu at http://127.0.0.1:1/v1 does not answer; its requests wait until it does\n");
    }

    private int longhaul(String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--api";
        all[arguments.length + 1] = api.url().toString();
        return Main.commandLine().execute(all);
    }
}
