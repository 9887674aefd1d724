package dev.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.cli.api.FakeApi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole commands in this process: what they answer to the shell, and what they print. */
class CommandsTest {
    private static final String LINE =
            "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{\"model\":\"m\",\"input\":\"x\"}}\n";

    @TempDir
    Path directory = Path.of("");

    private final FakeApi api;
    private final PrintStream stdout = System.out;
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    CommandsTest() throws IOException {
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
    void shouldRefuseACommandThatDoesNotExist() {
        assertThat(longhaul("rnu")).isEqualTo(ExitCode.USAGE);
        assertThat(errors()).contains("rnu").doesNotContain("Exception");
    }

    @Test
    void shouldPointToTheHelpOfTheVeryCommand() {
        assertThat(longhaul("keys", "create", "--name", "x")).isEqualTo(ExitCode.USAGE);
        assertThat(errors()).endsWith("Try: longhaul keys create --help\n");
    }

    @Test
    void shouldRefuseAnApiThatIsNotAUrl() {
        assertThat(longhaul("list", "--api", "http://h:99999/v1")).isEqualTo(ExitCode.USAGE);
        assertThat(longhaul("list", "--api", "https://my_host/v1")).isEqualTo(ExitCode.USAGE);
        assertThat(errors()).contains("the port 99999").contains("host names with an underscore");
    }

    @Test
    void shouldWriteResultsToADevice() {
        api.answer(
                        "GET /v1/batches/batch_1",
                        200,
                        FakeApi.batch("completed", 1, 1, 0, ",\"output_file_id\":\"file-o\""))
                .answer("GET /v1/files/file-o/content", 200, "ok\n");

        assertThat(longhaul("download", "batch_1", "--output", "/dev/null", "--api", url()))
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void shouldNameAMissingOption() {
        assertThat(longhaul("run", "--input", "a.jsonl")).isEqualTo(ExitCode.USAGE);
        assertThat(errors()).contains("--output");
    }

    @Test
    void shouldRefuseAMissingInputFileInOneLine() {
        String missing = directory.resolve("none.jsonl").toString();

        assertThat(longhaul("run", "--input", missing, "--output", "x")).isEqualTo(ExitCode.USAGE);
        assertThat(errors()).isEqualTo("longhaul: the input file " + missing + " does not exist\n");
    }

    @Test
    void shouldRefuseAFolderAsInput() {
        assertThat(longhaul("run", "--input", directory.toString(), "--output", "x"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(errors()).contains("is a folder, not a file");
    }

    @Test
    void shouldRefuseAnEmptyInputFile() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty.jsonl"));

        assertThat(longhaul("run", "--input", empty.toString(), "--output", "x"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(errors()).contains("is empty");
    }

    @Test
    void shouldRefuseAnOutputInAFolderThatDoesNotExist() throws IOException {
        String output = directory.resolve("no/such/out.jsonl").toString();

        assertThat(longhaul("run", "--input", input(), "--output", output)).isEqualTo(ExitCode.USAGE);
        assertThat(errors()).contains("--output").contains("does not exist");
    }

    @Test
    void shouldNeverReplaceTheInputWithTheResults() throws IOException {
        assertThat(longhaul("run", "--input", input(), "--output", input())).isEqualTo(ExitCode.USAGE);
        assertThat(Files.readString(Path.of(input()))).isEqualTo(LINE);
    }

    @Test
    void shouldRefuseABackendThatIsNoUrlBeforeAnythingStarts() throws IOException {
        String output = directory.resolve("out").toString();

        assertThat(longhaul("run", "--input", input(), "--output", output, "--backend", "8000"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(errors()).contains("--backend: '8000' is not an http or https URL");
    }

    @Test
    void shouldSubmitForTheEndpointOfTheFirstLineAndPrintTheId() throws IOException {
        api.answer("POST /v1/files", 200, "{\"id\":\"file-1\"}")
                .answer("POST /v1/batches", 200, FakeApi.batch("validating", 0, 0, 0, ""));

        assertThat(longhaul("submit", "--input", input(), "--api", url())).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("batch_1\n");
        assertThat(api.received("POST /v1/batches").getFirst().body())
                .isEqualTo(
                        "{\"input_file_id\":\"file-1\",\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"24h\"}");
    }

    @Test
    void shouldExitAsAFailedBatchWhenTheFileIsRefused() throws IOException {
        api.answer("POST /v1/files", 400, "{\"error\":{\"message\":\"The first line is no JSON object.\"}}");

        assertThat(longhaul("submit", "--input", input(), "--api", url())).isEqualTo(ExitCode.BATCH_FAILED);
        assertThat(errors()).contains("The first line is no JSON object.");
    }

    @Test
    void shouldWatchUntilTheEndAndExitZeroWhenAllLinesAreOk() {
        api.answer("GET /v1/batches/batch_1", 200, FakeApi.batch("validating", 0, 0, 0, ""))
                .answer("GET /v1/batches/batch_1", 200, FakeApi.batch("in_progress", 2, 1, 0, ""))
                .answer(
                        "GET /v1/batches/batch_1",
                        200,
                        FakeApi.batch("completed", 2, 2, 0, ",\"completed_at\":1700000004"));

        assertThat(longhaul("watch", "batch_1", "--api", url())).isZero();

        assertThat(errors())
                .contains("validating\n")
                .contains("in_progress  1/2 lines")
                .contains("completed  2/2 lines");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("batch_1 completed after 4.0 s: 2 of 2 lines ok, 0 failed (0.5 lines/s)\n");
    }

    @Test
    void shouldTellHowABatchEndedByTheExitCode() {
        assertThat(watch(FakeApi.batch("completed", 2, 1, 1, ""))).isEqualTo(ExitCode.SOME_LINES_FAILED);
        assertThat(watch(FakeApi.batch("cancelled", 2, 1, 0, ""))).isEqualTo(ExitCode.STOPPED);
        assertThat(watch(FakeApi.batch("expired", 2, 1, 0, ""))).isEqualTo(ExitCode.STOPPED);
    }

    @Test
    void shouldListValidationErrorsWithTheirLines() {
        String problems = ",\"errors\":{\"data\":[{\"code\":\"invalid_url\",\"message\":\"Wrong.\",\"line\":7}]}";

        assertThat(watch(FakeApi.batch("failed", 0, 0, 0, problems))).isEqualTo(ExitCode.BATCH_FAILED);
        assertThat(errors()).contains("line 7: Wrong. (invalid_url)");
    }

    @Test
    void shouldDownloadBothFiles() throws IOException {
        api.answer(
                        "GET /v1/batches/batch_1",
                        200,
                        FakeApi.batch(
                                "completed", 2, 1, 1, ",\"output_file_id\":\"file-o\",\"error_file_id\":\"file-e\""))
                .answer("GET /v1/files/file-o/content", 200, "ok\n")
                .answer("GET /v1/files/file-e/content", 200, "bad\n");
        Path output = directory.resolve("out.jsonl");

        assertThat(longhaul("download", "batch_1", "--output", output.toString(), "--api", url()))
                .isEqualTo(ExitCode.SOME_LINES_FAILED);

        assertThat(output).hasContent("ok\n");
        assertThat(directory.resolve("out.jsonl.errors.jsonl")).hasContent("bad\n");
    }

    @Test
    void shouldRemoveTheErrorsOfAnEarlierRun() throws IOException {
        api.answer(
                        "GET /v1/batches/batch_1",
                        200,
                        FakeApi.batch("completed", 1, 1, 0, ",\"output_file_id\":\"file-o\""))
                .answer("GET /v1/files/file-o/content", 200, "ok\n");
        Path output = directory.resolve("out.jsonl");
        Path errors = Files.writeString(directory.resolve("out.jsonl.errors.jsonl"), "old");

        assertThat(longhaul("download", "batch_1", "--output", output.toString(), "--api", url()))
                .isZero();

        assertThat(errors).doesNotExist();
    }

    @Test
    void shouldWriteAnEmptyOutputWhenEveryLineFailed() throws IOException {
        api.answer("GET /v1/batches/batch_1", 200, FakeApi.batch("completed", 1, 0, 1, ",\"error_file_id\":\"file-e\""))
                .answer("GET /v1/files/file-e/content", 200, "bad\n");
        Path output = Files.writeString(directory.resolve("out.jsonl"), "of an earlier run");

        longhaul("download", "batch_1", "--output", output.toString(), "--api", url());

        assertThat(output).isEmptyFile();
    }

    @Test
    void shouldLeaveNoHalfFileWhenTheDownloadFails() throws IOException {
        api.answer(
                        "GET /v1/batches/batch_1",
                        200,
                        FakeApi.batch("completed", 1, 1, 0, ",\"output_file_id\":\"file-o\""))
                .answer("GET /v1/files/file-o/content", 404, "{\"error\":{\"message\":\"No such File object\"}}");
        Path output = Files.writeString(directory.resolve("out.jsonl"), "of an earlier run");

        assertThat(longhaul("download", "batch_1", "--output", output.toString(), "--api", url()))
                .isEqualTo(ExitCode.FAILED);

        assertThat(output).hasContent("of an earlier run");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(output);
        }
    }

    @Test
    void shouldNotDownloadABatchThatRuns() {
        api.answer("GET /v1/batches/batch_1", 200, FakeApi.batch("in_progress", 2, 1, 0, ""));

        assertThat(longhaul(
                        "download",
                        "batch_1",
                        "--output",
                        directory.resolve("o").toString(),
                        "--api",
                        url()))
                .isEqualTo(ExitCode.FAILED);
        assertThat(errors()).contains("batch_1 is still in_progress");
    }

    @Test
    void shouldListAndCancel() {
        api.answer("GET /v1/batches?limit=20", 200, "{\"data\":[" + FakeApi.batch("in_progress", 2000, 1, 0, "") + "]}")
                .answer("POST /v1/batches/batch_1/cancel", 200, FakeApi.batch("cancelling", 2000, 1, 0, ""));

        assertThat(longhaul("list", "--api", url())).isZero();
        assertThat(longhaul("cancel", "batch_1", "--api", url())).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("batch_1  2023-11-14T22:13:20Z  in_progress  1/2,000 lines, 0 failed  /v1/embeddings")
                .contains("batch_1 is cancelling");
    }

    @Test
    void shouldPauseResumeAndRetry() {
        api.answer(
                        "POST /v1/batches/batch_1/pause",
                        200,
                        FakeApi.batch("in_progress", 2, 1, 0, ",\"paused_at\":1700000000"))
                .answer("POST /v1/batches/batch_1/resume", 200, FakeApi.batch("in_progress", 2, 1, 0, ""))
                .answer("POST /v1/batches/batch_1/retry", 200, FakeApi.batch("validating", 0, 0, 0, ""));

        assertThat(longhaul("pause", "batch_1", "--api", url())).isZero();
        assertThat(longhaul("resume", "batch_1", "--api", url())).isZero();
        assertThat(longhaul(
                        "retry",
                        "batch_1",
                        "--code",
                        "429",
                        "--code",
                        "batch_expired",
                        "--window",
                        "2h",
                        "--api",
                        url()))
                .isZero();

        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("batch_1 is in_progress, paused\nbatch_1 is in_progress\nbatch_1\n");
        FakeApi.Received retry = api.received("POST /v1/batches/batch_1/retry").getFirst();
        assertThat(retry.body())
                .isEqualTo("{\"error_codes\":[\"429\",\"batch_expired\"],\"completion_window\":\"2h\"}");
        assertThat(retry.headers()).containsKey("Idempotency-key");
    }

    @Test
    void shouldListShowUploadDownloadAndDeleteFiles() throws IOException {
        String file = "{\"id\":\"file-1\",\"created_at\":1700000000,\"bytes\":1234,\"purpose\":\"batch\","
                + "\"filename\":\"in.jsonl\"}";
        api.answer("GET /v1/files?limit=5&purpose=batch", 200, "{\"data\":[" + file + "]}")
                .answer("GET /v1/files/file-1", 200, file)
                .answer("POST /v1/files", 200, file)
                .answer("GET /v1/files/file-1/content", 200, "content\n")
                .answer("DELETE /v1/files/file-1", 200, "{\"id\":\"file-1\",\"deleted\":true}");
        Path output = directory.resolve("content");

        assertThat(longhaul("files", "list", "-n", "5", "--purpose", "batch", "--api", url()))
                .isZero();
        assertThat(longhaul("files", "show", "file-1", "--api", url())).isZero();
        assertThat(longhaul("files", "upload", input(), "--api", url())).isZero();
        assertThat(longhaul("files", "download", "file-1", "--output", output.toString(), "--api", url()))
                .isZero();
        assertThat(longhaul("files", "delete", "file-1", "--api", url())).isZero();

        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("file-1  2023-11-14T22:13:20Z            1,234 bytes  batch         in.jsonl\n")
                .contains("\"filename\" : \"in.jsonl\"")
                .contains("\nfile-1\n")
                .endsWith("file-1 is deleted\n");
        assertThat(output).hasContent("content\n");
    }

    private int watch(String batch) {
        try (FakeApi other = new FakeApi()) {
            other.answer("GET /v1/batches/batch_1", 200, batch);
            return longhaul("watch", "batch_1", "--api", other.url().toString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static int longhaul(String... arguments) {
        return Main.commandLine().execute(arguments);
    }

    private String input() throws IOException {
        return Files.writeString(directory.resolve("in.jsonl"), LINE).toString();
    }

    private String url() {
        return api.url().toString();
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
