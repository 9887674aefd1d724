package dev.longhaul.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "cancel", mixinStandardHelpOptions = true, description = "Cancels a batch; what is done stays.")
final class CancelCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "ID", description = "The batch, batch_...")
    private String id = "";

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Override
    public Integer call() {
        System.out.println(id + " is " + api.client().cancel(id).status());
        return ExitCode.OK;
    }
}
