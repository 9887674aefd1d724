package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.Batch;
import dev.longhaul.cli.local.LocalSystem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs a file of requests as one batch and writes its results: starts what is missing, uploads,"
                + " shows progress, downloads.")
final class RunCommand implements Callable<Integer> {
    @Mixin
    private Submission submission = new Submission();

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "For the lines that succeed.")
    private Path output = Path.of("");

    @Option(
            names = "--errors",
            paramLabel = "FILE",
            description = "For the lines that don't, written only if there are any; OUTPUT.errors.jsonl if not said.")
    private @Nullable Path errors;

    @Mixin
    private StackOptions options = new StackOptions();

    @Override
    public Integer call() {
        InputFile input = submission.input();
        ResultFiles results = ResultFiles.check(output, errors, input.path());
        LocalSystem system = Local.system();
        Local.up(system, options);

        ApiClient client = Local.client(system);
        long began = System.nanoTime();
        Batch created = submission.submit(client, input);
        Batch ended = new Watcher(client, Terminal.ofThisProcess()).follow(created.id());
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        if (ended.status().equals("failed")) {
            System.err.println("longhaul: " + Report.problems(ended));
        } else {
            results.download(client, ended);
            System.out.println(Report.summary(ended, took));
            System.out.println(Report.files(results));
        }
        System.out.println("Longhaul is still up at " + system.apiUrl() + "; stop it with: longhaul down");
        return Outcome.exitCode(ended);
    }
}
