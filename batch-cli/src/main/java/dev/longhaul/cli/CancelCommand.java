package dev.longhaul.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "cancel", mixinStandardHelpOptions = true, description = "Cancels a batch. Results completed so far are kept.")
final class CancelCommand implements Callable<Integer> {
    @Mixin
    private BatchOptions batch = new BatchOptions();

    @Override
    public Integer call() {
        System.out.println(Report.state(batch.client().cancel(batch.id())));
        return ExitCode.OK;
    }
}
