package dev.longhaul.cli;

import dev.longhaul.cli.api.Batch;

/** What a batch that has ended means to the shell. */
final class Outcome {
    private Outcome() {}

    static int exitCode(Batch ended) {
        return switch (ended.status()) {
            case "completed" ->
                ended.failed() > 0 || ended.errorFileId() != null ? ExitCode.SOME_LINES_FAILED : ExitCode.OK;
            case "failed" -> ExitCode.BATCH_FAILED;
            case "cancelled", "expired" -> ExitCode.STOPPED;
            default -> throw new IllegalStateException("batch " + ended.id() + " is " + ended.status());
        };
    }
}
