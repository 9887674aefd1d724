package dev.longhaul.cli;

import dev.longhaul.cli.api.Batch;
import dev.longhaul.cli.progress.Figures;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", mixinStandardHelpOptions = true, description = "Lists batches, the newest first.")
final class ListCommand implements Callable<Integer> {
    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "How many batches (default: ${DEFAULT-VALUE}).")
    private int limit = 20;

    @Option(names = "--status", paramLabel = "STATUS", description = "Only those, such as in_progress.")
    private @Nullable String status;

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Override
    public Integer call() {
        if (limit < 1) {
            throw CliException.usage("--limit must be at least 1, and is " + limit);
        }
        List<Batch> batches = api.client().list(limit, status);
        if (batches.isEmpty()) {
            System.err.println(
                    status == null
                            ? "longhaul: there are no batches yet"
                            : "longhaul: there are no batches of status " + status);
        }
        batches.forEach(batch -> System.out.println(line(batch)));
        return ExitCode.OK;
    }

    private static String line(Batch batch) {
        return "%s  %s  %-11s  %s/%s lines, %s failed  %s"
                .formatted(
                        batch.id(),
                        Instant.ofEpochSecond(batch.createdAt()),
                        batch.isPaused() ? "paused" : batch.status(),
                        Figures.count(batch.completed() + batch.failed()),
                        Figures.count(batch.total()),
                        Figures.count(batch.failed()),
                        batch.endpoint());
    }
}
