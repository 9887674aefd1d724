package dev.longhaul.cli;

import dev.longhaul.cli.local.Home;
import dev.longhaul.cli.local.LogFile;
import dev.longhaul.cli.local.LogLine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "logs", mixinStandardHelpOptions = true, description = "Shows the end of the processes' logs.")
final class LogsCommand implements Callable<Integer> {
    private static final long LOOK_AGAIN_MILLIS = 250;

    @Parameters(index = "0", arity = "0..1", paramLabel = "PROCESS", description = "One process; all without it.")
    private @Nullable String process;

    @Option(
            names = {"-f", "--follow"},
            description = "Follows the logs until Ctrl-C.")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "Lines of each log (default: ${DEFAULT-VALUE}).")
    private int lines = 100;

    @Override
    public Integer call() throws InterruptedException {
        Home home = Home.ofThisProcess(System.getenv());
        List<String> all = names(home.logs());
        if (process != null && !all.contains(process)) {
            throw CliException.usage("there is no log of '" + process + "'; there are: "
                    + (all.isEmpty() ? "none yet" : String.join(", ", all)));
        }
        List<String> chosen = process == null ? all : List.of(process);
        Map<String, Follower> followers = new LinkedHashMap<>();
        for (String name : chosen) {
            LogFile log = new LogFile(home.log(name));
            String prefix = chosen.size() == 1 ? "" : name + " | ";
            followers.put(name, new Follower(log, prefix, log.size()));
            log.tail(lines, 0).forEach(line -> System.out.println(prefix + LogLine.readable(line)));
        }
        while (follow) {
            followers.values().forEach(follower -> follower.printNew(System.out));
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
        return ExitCode.OK;
    }

    private static List<String> names(Path logs) {
        if (!Files.isDirectory(logs)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(logs)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".log"))
                    .map(name -> name.substring(0, name.length() - ".log".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new CliException(ExitCode.FAILED, "can't read " + logs + ": " + e.getMessage());
        }
    }

    /** Prints whole lines as they come; begins anew when the log was replaced. */
    static final class Follower {
        private final LogFile log;
        private final String prefix;
        private long offset;

        Follower(LogFile log, String prefix, long offset) {
            this.log = log;
            this.prefix = prefix;
            this.offset = offset;
        }

        void printNew(PrintStream out) {
            long size = log.size();
            if (size < offset) {
                offset = 0;
            }
            byte[] bytes = size == offset ? new byte[0] : log.read(offset);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            offset += end;
            new String(bytes, 0, end, StandardCharsets.UTF_8)
                    .lines()
                    .forEach(line -> out.println(prefix + LogLine.readable(line)));
        }
    }
}
