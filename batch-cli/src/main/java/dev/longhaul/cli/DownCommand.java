package dev.longhaul.cli;

import dev.longhaul.cli.local.LocalSystem;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "down", mixinStandardHelpOptions = true, description = "Stops all processes; data is kept.")
final class DownCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        LocalSystem system = Local.system();
        if (system.status().isDown()) {
            System.out.println("nothing is running");
            return ExitCode.OK;
        }
        system.down();
        System.out.println("stopped; the data is kept in " + system.home().directory());
        return ExitCode.OK;
    }
}
