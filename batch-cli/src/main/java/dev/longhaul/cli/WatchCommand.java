package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.Batch;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = "Shows a batch's progress until it ends; exits as `run` does.")
final class WatchCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "ID", description = "The batch, batch_...")
    private String id = "";

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Override
    public Integer call() {
        ApiClient client = api.client();
        Batch ended = new Watcher(client, Terminal.ofThisProcess()).follow(id);
        if (ended.status().equals("failed")) {
            System.err.println("longhaul: " + Report.problems(ended));
        } else {
            System.out.println(Report.summary(ended, took(ended)));
        }
        return Outcome.exitCode(ended);
    }

    private static Duration took(Batch ended) {
        long endedAt = ended.json().path(ended.status() + "_at").asLong(ended.createdAt());
        return Duration.between(Instant.ofEpochSecond(ended.createdAt()), Instant.ofEpochSecond(endedAt));
    }
}
