package dev.longhaul.cli;

import dev.longhaul.cli.api.ApiException;
import dev.longhaul.cli.api.HttpTarget;
import dev.longhaul.cli.local.LocalException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The {@code longhaul} command; the launcher script starts it. */
@Command(
        name = "longhaul",
        version = "longhaul 0.1.0",
        mixinStandardHelpOptions = true,
        description = "A self-hosted, OpenAI-compatible Batch API.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            LogsCommand.class,
            WarmCommand.class,
            ResetCommand.class,
            EnvCommand.class,
            DoctorCommand.class,
            SubmitCommand.class,
            ListCommand.class,
            ShowCommand.class,
            WatchCommand.class,
            CancelCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            RetryCommand.class,
            ResultsCommand.class,
            DownloadCommand.class,
            FilesCommand.class,
            KeysCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "The launcher has two more: `test [--quick|--scale]` and `bench`.",
            "",
            "Exit codes: 0 all well; 1 something failed; 2 wrong arguments or files; 3 some lines failed;",
            "4 the batch failed validation; 5 it was cancelled or expired; 130 interrupted.",
            "",
            "Environment: LONGHAUL_PORT (API, 8700), LONGHAUL_DATA (.longhaul), LONGHAUL_JAVA_HOME,",
            "LONGHAUL_JAVA_OPTS (more JVM flags for all), LONGHAUL_JAVA_OPTS_<PROCESS> (such as ..._BATCH_API),",
            "LONGHAUL_AOT=off (do not use what `warm` prepared), LONGHAUL_DEBUG=1 (stack traces)."
        })
@SuppressWarnings("PrivateConstructorForUtilityClass")
public final class Main {
    Main() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        HttpTarget.allowHostHeader();
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler((exception, command, parsed) -> report(exception))
                .setParameterExceptionHandler((exception, arguments) -> {
                    CommandLine command = exception.getCommandLine();
                    command.getErr().println("longhaul: " + exception.getMessage());
                    if (arguments.length == 0) {
                        command.usage(command.getErr());
                        return ExitCode.USAGE;
                    }
                    command.getErr().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
                    return ExitCode.USAGE;
                });
    }

    private static int report(Exception exception) {
        if (System.getenv("LONGHAUL_DEBUG") != null) {
            exception.printStackTrace();
        }
        return switch (exception) {
            case CliException known -> say(known.exitCode(), known.getMessage());
            case LocalException known -> say(ExitCode.FAILED, known.getMessage());
            case ApiException known -> say(ExitCode.FAILED, known.getMessage());
            default -> say(ExitCode.FAILED, exception + " (LONGHAUL_DEBUG=1 shows where)");
        };
    }

    private static int say(int code, String message) {
        System.err.println("longhaul: " + message);
        return code;
    }
}
