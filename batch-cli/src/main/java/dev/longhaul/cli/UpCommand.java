package dev.longhaul.cli;

import dev.longhaul.cli.local.LocalSystem;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Starts what is missing, and returns when all is ready.")
final class UpCommand implements Callable<Integer> {
    @Mixin
    private StackOptions options = new StackOptions();

    @Override
    public Integer call() {
        LocalSystem system = Local.system();
        Local.up(system, options);
        System.out.println("API: " + system.apiUrl() + "  (key: " + system.apiKeyFile() + ")");
        return ExitCode.OK;
    }
}
