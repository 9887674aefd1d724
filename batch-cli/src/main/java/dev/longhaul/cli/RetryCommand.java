package dev.longhaul.cli;

import dev.longhaul.cli.api.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "retry",
        mixinStandardHelpOptions = true,
        description = "Runs the lines of an ended batch's error file again, as a new batch, and prints its id.")
final class RetryCommand implements Callable<Integer> {
    @Option(
            names = "--code",
            paramLabel = "CODE",
            description =
                    "Only lines that ended so: a status such as 429, or a code such as batch_expired; may be repeated.")
    private List<String> codes = new ArrayList<>();

    @Option(
            names = "--window",
            paramLabel = "TIME",
            description = "Completion window, such as 30m or 24h, or unlimited (default: that of the batch).")
    private @Nullable String window;

    @Mixin
    private BatchOptions batch = new BatchOptions();

    @Override
    public Integer call() {
        Batch retry = batch.client().retry(batch.id(), codes, window);
        System.err.println("longhaul: created " + retry.id() + ", a retry of " + batch.id());
        System.out.println(retry.id());
        return ExitCode.OK;
    }
}
