package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.Batch;
import dev.longhaul.cli.local.LocalSystem;
import java.io.PrintStream;
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

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "File for the results of lines that succeed; - for standard output.")
    private Path output = Path.of("");

    @Option(
            names = "--errors",
            paramLabel = "FILE",
            description = "File for the lines that fail, written only if there are any (default: OUTPUT.errors.jsonl).")
    private @Nullable Path errors;

    @Mixin
    private StackOptions options = new StackOptions();

    @Override
    public Integer call() {
        InputFile input = submission.input();
        ResultFiles results = ResultFiles.check(output, errors, input.path());
        PrintStream messages = results.messages();
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
            messages.println(Report.summary(ended, took));
            String places = results.places(ended);
            if (!places.isEmpty()) {
                messages.println(places);
            }
        }
        messages.println("Longhaul is still up at " + system.apiUrl() + "; stop it with: longhaul down");
        return Outcome.exitCode(ended);
    }
}
