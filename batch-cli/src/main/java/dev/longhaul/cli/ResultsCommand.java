package dev.longhaul.cli;

import dev.longhaul.cli.api.ResultStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "results",
        mixinStandardHelpOptions = true,
        description = "Prints the results that a batch has so far, while it runs or afterwards, one line each.")
final class ResultsCommand implements Callable<Integer> {
    @Option(
            names = {"-f", "--follow"},
            description = "Keeps printing new results until the batch ends.")
    private boolean follow;

    @Option(names = "--errors", description = "Prints the lines that failed instead of those that succeeded.")
    private boolean errors;

    @Option(names = "--offset", paramLabel = "BYTES", description = "Skips the first BYTES bytes.")
    private long offset;

    @Mixin
    private BatchOptions batch = new BatchOptions();

    @Override
    public Integer call() throws IOException {
        if (offset < 0) {
            throw CliException.usage("--offset must not be negative, and is " + offset);
        }
        ResultStream stream = new ResultStream(batch.id(), errors ? "errors" : "results", follow, offset);
        // Not System.out, which would take the bytes for text.
        try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            batch.client().results(stream, out);
        }
        return ExitCode.OK;
    }
}
