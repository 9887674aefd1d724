package dev.longhaul.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command in a JVM of its own: where signals, standard input or the end of the process are what is tested. */
final class ChildCommand implements AutoCloseable {
    private final Process process;
    private final StringBuilder errors = new StringBuilder();

    /** @param terminal which streams are one, as the launcher says it: empty, or such as {@code in,err} */
    ChildCommand(Path root, String terminal, String... arguments) throws IOException {
        this(List.of(), root, terminal, arguments);
    }

    /** @param flags more flags for its JVM */
    ChildCommand(List<String> flags, Path root, String terminal, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-Dlonghaul.root=" + root,
                "-Dlonghaul.terminal=" + terminal,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(1, flags);
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("LONGHAUL_DATA");
        process = builder.start();
    }

    /** A signal that was ignored when this JVM was started is ignored by its children as well, and nothing can change it. */
    static boolean canBeInterrupted() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return true;
        }
        String ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn: 0");
        return (Long.parseUnsignedLong(ignored.substring(7).strip(), 16) & 0b10) == 0;
    }

    /** Returns once standard error has said that. */
    void awaitError(String text) throws IOException {
        InputStream stream = process.getErrorStream();
        while (errors.indexOf(text) < 0) {
            int next = stream.read();
            if (next < 0) {
                throw new AssertionError("it never said '" + text + "': " + errors);
            }
            errors.append((char) next);
        }
        errors.setLength(0);
    }

    void interrupt() throws IOException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
    }

    void answer(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** All that it gets on standard input. */
    void input(String text) throws IOException {
        try (var in = process.getOutputStream()) {
            in.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    String output() throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    String errors() throws IOException {
        return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
