package dev.longhaul.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "show", mixinStandardHelpOptions = true, description = "Prints a batch as the API shows it, as JSON.")
final class ShowCommand implements Callable<Integer> {
    @Mixin
    private BatchOptions batch = new BatchOptions();

    @Override
    public Integer call() {
        System.out.println(batch.client().get(batch.id()).json().toPrettyString());
        return ExitCode.OK;
    }
}
