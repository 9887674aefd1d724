package dev.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.cli.api.FakeApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that need a process of their own, in an installation of their own. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LocalCommandsTest {
    @TempDir
    Path root = Path.of("");

    private Path kept = Path.of("");

    @BeforeEach
    void haveData() throws IOException {
        kept = root.resolve(".longhaul/data/kept");
        Files.createDirectories(kept.getParent());
        Files.createFile(kept);
    }

    @Test
    void shouldFailWithTheReasonWhenItCannotStart() throws Exception {
        try (ChildCommand up = new ChildCommand(root, "", "up")) {
            assertThat(up.errors()).startsWith("longhaul: local-stack has not been built: ");
            assertThat(up.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(up.output()).isEmpty();
        }
    }

    @Test
    void shouldDeleteNothingUnaskedWithoutATerminal() throws Exception {
        try (ChildCommand reset = new ChildCommand(root, "", "reset")) {
            assertThat(reset.errors()).contains("say --yes when there is no terminal to ask on");
            assertThat(reset.exitCode()).isEqualTo(ExitCode.USAGE);
        }
        assertThat(kept).exists();
    }

    @Test
    void shouldDeleteNothingWhenTheAnswerIsNotYes() throws Exception {
        try (ChildCommand reset = new ChildCommand(root, "in,err", "reset")) {
            reset.awaitError("[y/N] ");
            reset.answer("");

            assertThat(reset.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(reset.errors()).contains("nothing was deleted");
        }
        assertThat(kept).exists();
    }

    @Test
    void shouldDeleteAllDataWhenTheAnswerIsYes() throws Exception {
        try (ChildCommand reset = new ChildCommand(root, "in,err", "reset")) {
            reset.awaitError("[y/N] ");
            reset.answer("y");

            assertThat(reset.exitCode()).isZero();
            assertThat(reset.output()).startsWith("deleted the data in ");
        }
        assertThat(kept).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "/dev/stdin"})
    void shouldSubmitWhatComesThroughAPipe(String input) throws Exception {
        String line = "{\"url\":\"/v1/embeddings\"}\n";
        try (FakeApi api = new FakeApi()
                        .answer("POST /v1/files", 200, "{\"id\":\"file-1\"}")
                        .answer("POST /v1/batches", 200, FakeApi.batch("validating", 0, 0, 0, ""));
                ChildCommand submit =
                        new ChildCommand(root, "", "submit", "--input", input, "--api", api.url().toString())) {
            submit.input(line);

            assertThat(submit.output()).isEqualTo("batch_1\n");
            assertThat(submit.exitCode()).as(submit.errors()).isZero();
            assertThat(api.received("POST /v1/files").getFirst().body()).contains("\r\n\r\n" + line + "\r\n--");
            assertThat(api.received("POST /v1/batches").getFirst().body()).contains("/v1/embeddings");
        }
    }

    @Test
    void shouldRefuseAPipeThatNothingComesThrough() throws Exception {
        try (ChildCommand run = new ChildCommand(root, "", "run", "--input", "-", "--output", "-")) {
            run.input("");

            assertThat(run.errors()).isEqualTo("longhaul: the input standard input is empty\n");
            assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        }
    }

    @Test
    void shouldWriteNothingButResultsToStandardOutput() throws Exception {
        try (FakeApi api = new FakeApi()
                        .answer(
                                "GET /v1/batches/batch_1",
                                200,
                                FakeApi.batch(
                                        "completed", 2, 1, 1, ",\"output_file_id\":\"file-o\",\"error_file_id\":\"file-e\""))
                        .answer("GET /v1/files/file-o/content", 200, "ok\n");
                ChildCommand download = new ChildCommand(
                        root, "", "download", "batch_1", "--output", "-", "--api", api.url().toString())) {
            assertThat(download.output()).isEqualTo("ok\n");
            assertThat(download.errors()).isEqualTo("lines that failed: longhaul results batch_1 --errors\n");
            assertThat(download.exitCode()).isEqualTo(ExitCode.SOME_LINES_FAILED);
        }
        assertThat(root.resolve("-")).doesNotExist();
    }

    /** As Docker Compose and Swarm give them out; Java's HTTP client takes none. */
    @Test
    void shouldReachAnApiWhoseHostNameHasAnUnderscore() throws Exception {
        Path hosts = Files.writeString(root.resolve("hosts"), "127.0.0.1 my_longhaul\n");
        try (FakeApi api = new FakeApi().answer("GET /v1/batches/batch_1", 200, FakeApi.batch("completed", 1, 1, 0, ""));
                ChildCommand show = new ChildCommand(
                        List.of("-Djdk.net.hosts.file=" + hosts),
                        root,
                        "",
                        "show",
                        "batch_1",
                        "--api",
                        "http://my_longhaul:" + api.url().getPort() + "/v1")) {
            assertThat(show.output()).contains("batch_1");
            assertThat(show.exitCode()).as(show.errors()).isZero();
            assertThat(api.received("GET /v1/batches/batch_1").getFirst().headers().get("Host"))
                    .containsExactly("my_longhaul:" + api.url().getPort());
        }
    }

    @Test
    void shouldPrintResultsAsTheyAre() throws Exception {
        try (FakeApi api = new FakeApi().answer("GET /v1/batches/batch_1/errors?offset=7&follow=true", 200, "rest\n");
                ChildCommand results = new ChildCommand(
                        root,
                        "",
                        "results",
                        "batch_1",
                        "--errors",
                        "--follow",
                        "--offset",
                        "7",
                        "--api",
                        api.url().toString())) {
            assertThat(results.output()).isEqualTo("rest\n");
            assertThat(results.exitCode()).as(results.errors()).isZero();
        }
    }
}
