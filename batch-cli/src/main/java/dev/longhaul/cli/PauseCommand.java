package dev.longhaul.cli;

import dev.longhaul.cli.api.Batch;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description = "Pauses a batch: calls under way end, no further line starts. Its window goes on.")
final class PauseCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "ID", description = "The batch, batch_...")
    private String id = "";

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Override
    public Integer call() {
        Batch batch = api.client().pause(id);
        System.out.println(id + " is " + batch.status() + (batch.isPaused() ? ", paused" : ""));
        return ExitCode.OK;
    }
}
