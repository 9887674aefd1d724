package dev.longhaul.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        description = "Uploads a file of requests, creates its batch and prints the batch's id.")
final class SubmitCommand implements Callable<Integer> {
    @Option(names = "--input", required = true, paramLabel = "FILE", description = "Request lines, JSONL.")
    private Path input = Path.of("");

    @Option(
            names = "--endpoint",
            paramLabel = "PATH",
            description = "Such as /v1/embeddings; the first line's url if not said.")
    private @Nullable String endpoint;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            description = "24h, unlimited, or such as 30m; ${DEFAULT-VALUE} if not said.")
    private String window = "24h";

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Override
    public Integer call() {
        InputFile file = InputFile.check(input);
        System.out.println(
                Submission.submit(api.client(), file, endpoint, window).id());
        return ExitCode.OK;
    }
}
