package dev.longhaul.conformance;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.longhaul.system.Commands;
import dev.longhaul.system.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs in other languages from {@code system-tests/conformance}, each in a folder under {@code target} where its libraries
 * are installed once, in the versions that it pins. Where the language or a library is missing, the test is skipped with a
 * notice; with {@code CI} in the environment it fails.
 */
final class Toolbox {
    private static final Path SOURCES = Stack.root().resolve("system-tests/conformance");
    private static final Path TARGET = Stack.root().resolve("system-tests/target/conformance");
    private static final Duration INSTALLING = Duration.ofMinutes(3);

    private Toolbox() {}

    /** A Python with what {@code requirements.txt} of that folder names. */
    static Program python(String folder) {
        String python = TARGET.resolve(folder).resolve("venv/bin/python").toString();
        Path home = install(
                folder,
                "requirements.txt",
                List.of("python3", "-m", "venv", "--clear", "venv"),
                List.of(python, "-m", "pip", "install", "-q", "-r", "requirements.txt"));
        return new Program(home, List.of(python));
    }

    /** A Node with what {@code package.json} of that folder names. */
    static Program node(String folder) {
        Path home = install(
                folder,
                "package.json",
                List.of("node", "--version"),
                List.of("npm", "install", "--no-package-lock", "--ignore-scripts", "--loglevel=error"));
        return new Program(home, List.of("node"));
    }

    /** A shell that has curl. */
    static Program curl() {
        Path home = Stack.root().resolve("system-tests/target");
        Commands.Result found = attempt(home, List.of("curl", "--version"));
        if (found.exitCode() != 0) {
            missing("curl: " + found.err());
        }
        return new Program(home, List.of("sh", "-eu"));
    }

    /**
     * What can be run.
     *
     * @param home where its libraries are
     * @param folder where it is run
     */
    record Program(Path home, Path folder, List<String> command) {

        Program(Path home, List<String> command) {
            this(home, home, command);
        }

        /** The same, run elsewhere. */
        Program in(Path other) {
            return new Program(home, other, command);
        }

        /** Runs it to its end and answers what it printed; all that it said is shown when it failed. */
        String run(Duration limit, Map<String, String> environment, List<String> arguments) {
            List<String> line = new ArrayList<>(command);
            line.addAll(arguments);
            Commands.Result result = Commands.run(limit, environment, folder, line);
            if (result.exitCode() != 0) {
                Assertions.fail(String.join(" ", arguments) + " ended with " + result.exitCode() + ":\n" + result.out()
                        + result.err());
            }
            return result.out();
        }
    }

    /** Another JVM of this run may want the same folder now: one installs, the other finds it done. */
    private static Path install(String folder, String list, List<String> first, List<String> second) {
        Path home = TARGET.resolve(folder);
        try {
            Files.createDirectories(home);
            try (FileChannel file = FileChannel.open(TARGET.resolve(folder + ".lock"), CREATE, WRITE);
                    FileLock lock = file.lock()) {
                copy(SOURCES.resolve(folder), home);
                Path stamp = home.resolve(list + ".installed");
                String wanted = Files.readString(home.resolve(list));
                if (!Files.exists(stamp) || !Files.readString(stamp).equals(wanted)) {
                    run(home, first);
                    run(home, second);
                    Files.writeString(stamp, wanted);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return home;
    }

    private static void run(Path home, List<String> step) {
        Commands.Result result = attempt(home, step);
        if (result.exitCode() != 0) {
            missing(String.join(" ", step) + ": " + result.err() + result.out());
        }
    }

    private static Commands.Result attempt(Path home, List<String> step) {
        try {
            return Commands.run(INSTALLING, Map.of(), home, step);
        } catch (UncheckedIOException e) {
            return new Commands.Result(127, "", String.valueOf(e.getMessage()));
        }
    }

    private static void missing(String why) {
        String notice = "this client is not installed here and was not tested: " + why;
        if (System.getenv("CI") != null) {
            Assertions.fail(notice);
        }
        Assumptions.abort(notice);
    }

    /** Leaves what is there and the same: a program may be running from it. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(file.getFileName());
                if (!Files.exists(copy) || Files.mismatch(file, copy) >= 0) {
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
