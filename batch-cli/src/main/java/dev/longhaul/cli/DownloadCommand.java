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
    @Option(names = "--output", required = true, paramLabel = "FILE", description = "File for the results of lines that succeeded; - for standard output.")
    private Path output = Path.of("");

    @Option(
            names = "--errors",
            paramLabel = "FILE",
            description = "File for the lines that failed, written only if there are any (default: OUTPUT.errors.jsonl).")
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
            String places = files.places(ended);
            if (!places.isEmpty()) {
                files.messages().println(places);
            }
        }
        return Outcome.exitCode(ended);
    }
}
