package dev.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.cli.api.FakeApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
