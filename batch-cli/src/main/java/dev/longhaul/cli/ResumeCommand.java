package dev.longhaul.cli;

import dev.longhaul.cli.api.Batch;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "resume", mixinStandardHelpOptions = true, description = "Lets a paused batch go on.")
final class ResumeCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "ID", description = "The batch, batch_...")
    private String id = "";

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Override
    public Integer call() {
        Batch batch = api.client().resume(id);
        System.out.println(id + " is " + batch.status() + (batch.isPaused() ? ", paused" : ""));
        return ExitCode.OK;
    }
}
