package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiClient;
import dev.longhaul.cli.api.Batch;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = "Shows a batch's progress until it ends; exits as `run` does.")
final class WatchCommand implements Callable<Integer> {
    @Mixin
    private BatchOptions batch = new BatchOptions();

    @Override
    public Integer call() {
        ApiClient client = batch.client();
        Batch ended = new Watcher(client, Terminal.ofThisProcess()).follow(batch.id());
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
