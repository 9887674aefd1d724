package dev.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longhaul.cli.api.FakeApi;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C under a command that follows a batch. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterruptionTest {
    private static final String QUESTION = "[l]eave it running, [c]ancel it, or keep [w]aiting? [l] ";

    @TempDir
    Path directory = Path.of("");

    private final FakeApi api;

    InterruptionTest() throws IOException {
        api = new FakeApi();
    }

    @BeforeEach
    void runABatch() throws IOException {
        assumeTrue(ChildCommand.canBeInterrupted(), "SIGINT is ignored here");
        api.answer("GET /v1/batches/batch_1", 200, FakeApi.batch("in_progress", 2, 1, 0, ""));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void shouldLeaveTheBatchAndPrintItsIdWithoutATerminal() throws Exception {
        try (ChildCommand watch = watch("")) {
            watch.interrupt();

            assertThat(watch.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(watch.output()).isEqualTo("batch_1\n");
            assertThat(watch.errors()).contains("longhaul watch batch_1");
        }
    }

    @Test
    void shouldLeaveItWhenToldSo() throws Exception {
        try (ChildCommand watch = watch("in,err")) {
            watch.interrupt();
            watch.awaitError(QUESTION);

            watch.answer("");

            assertThat(watch.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(watch.output()).isEqualTo("batch_1\n");
        }
    }

    @Test
    void shouldCancelItWhenToldSoAndFollowItToItsEnd() throws Exception {
        api.answer("POST /v1/batches/batch_1/cancel", 200, FakeApi.batch("cancelling", 2, 1, 0, ""));
        try (ChildCommand watch = watch("in,err")) {
            watch.interrupt();
            watch.awaitError(QUESTION);
            // The last answer is for ever: what comes next is the end.
            api.answer("GET /v1/batches/batch_1", 200, FakeApi.batch("cancelled", 2, 1, 0, ""));

            watch.answer("c");

            assertThat(watch.exitCode()).isEqualTo(ExitCode.STOPPED);
            assertThat(api.received("POST /v1/batches/batch_1/cancel")).hasSize(1);
        }
    }

    @Test
    void shouldLeaveItAtTheSecondCtrlC() throws Exception {
        try (ChildCommand watch = watch("in,err")) {
            watch.interrupt();
            watch.awaitError(QUESTION);

            watch.interrupt();

            assertThat(watch.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(watch.output()).isEqualTo("batch_1\n");
        }
    }

    /** A command that has begun to follow the batch. */
    private ChildCommand watch(String terminal) throws IOException {
        ChildCommand watch = new ChildCommand(
                directory, terminal, "watch", "batch_1", "--api", api.url().toString());
        // A bar may be drawn while its number changes, and then shows 0 of 2 until the next change.
        watch.awaitError("/2");
        return watch;
    }
}
