package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.Batch;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "download",
        mixinStandardHelpOptions = true,
        description = "Writes the results of a batch that has ended; exits as `run` does.")
final class DownloadCommand implements Callable<Integer> {
    @Option(names = "--output", required = true, paramLabel = "FILE", description = "For the lines that succeeded.")
    private Path output = Path.of("");

    @Option(
            names = "--errors",
            paramLabel = "FILE",
            description = "For the lines that didn't, written only if there are any; OUTPUT.errors.jsonl if not said.")
    private @Nullable Path errors;

    @Mixin
    private BatchOptions batch = new BatchOptions();

    @Override
    public Integer call() {
        ResultFiles files = ResultFiles.check(output, errors, null);
        ApiClient client = batch.client();
        Batch ended = client.get(batch.id());
        if (!ended.hasEnded()) {
            throw new CliException(
                    ExitCode.FAILED,
                    ended.id() + " is still " + ended.status() + "; wait for it with: longhaul watch " + ended.id());
        }
        if (ended.status().equals("failed")) {
            System.err.println("longhaul: " + Report.problems(ended));
        } else {
            files.download(client, ended);
            System.out.println(Report.files(files));
        }
        return Outcome.exitCode(ended);
    }
}
