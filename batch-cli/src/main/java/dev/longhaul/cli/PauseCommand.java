package dev.longhaul.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description = "Pauses a batch. Requests in flight finish and no new one starts; the completion window keeps running.")
final class PauseCommand implements Callable<Integer> {
    @Mixin
    private BatchOptions batch = new BatchOptions();

    @Override
    public Integer call() {
        System.out.println(Report.state(batch.client().pause(batch.id())));
        return ExitCode.OK;
    }
}
