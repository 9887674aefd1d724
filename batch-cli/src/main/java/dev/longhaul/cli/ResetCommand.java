package dev.longhaul.cli;

import dev.longhaul.cli.local.LocalSystem;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "reset",
        mixinStandardHelpOptions = true,
        description = "Stops all processes and deletes every file, batch, result and log. The API key and ports stay.")
final class ResetCommand implements Callable<Integer> {
    @Option(names = "--yes", description = "Don't ask.")
    private boolean yes;

    @Override
    public Integer call() {
        LocalSystem system = Local.system();
        if (!yes) {
            if (!Terminal.ofThisProcess().canAsk()) {
                throw CliException.usage("reset deletes all data: say --yes when there is no terminal to ask on");
            }
            System.err.print(
                    "Delete all batches, files and logs in " + system.home().directory() + "? [y/N] ");
            System.err.flush();
            if (!Question.readLine().toLowerCase(Locale.ROOT).startsWith("y")) {
                System.err.println("nothing was deleted");
                return ExitCode.FAILED;
            }
        }
        system.reset();
        System.out.println("deleted the data in " + system.home().directory());
        return ExitCode.OK;
    }
}
