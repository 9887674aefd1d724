package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.Batch;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "download",
        mixinStandardHelpOptions = true,
        description = "Writes the results of a batch that has ended; exits as `run` does.")
final class DownloadCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "ID", description = "The batch, batch_...")
    private String id = "";

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "For the lines that succeeded.")
    private Path output = Path.of("");

    @Option(
            names = "--errors",
            paramLabel = "FILE",
            description = "For the lines that didn't, written only if there are any; OUTPUT.errors.jsonl if not said.")
    private @Nullable Path errors;

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Override
    public Integer call() {
        ResultFiles files = ResultFiles.check(output, errors, null);
        ApiClient client = api.client();
        Batch batch = client.get(id);
        if (!batch.hasEnded()) {
            throw new CliException(
                    ExitCode.FAILED, id + " is still " + batch.status() + "; wait for it with: longhaul watch " + id);
        }
        if (batch.status().equals("failed")) {
            System.err.println("longhaul: " + Report.problems(batch));
        } else {
            files.download(client, batch);
            System.out.println(Report.files(files));
        }
        return Outcome.exitCode(batch);
    }
}
