package dev.longhaul.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs other programs to their end. */
public final class Commands {

    /** What a program said and how it ended. */
    public record Result(int exitCode, String out, String err) {

        /** The output of a program that had to succeed. */
        public String orThrow() {
            if (exitCode != 0) {
                throw new IllegalStateException("exit code " + exitCode + ": " + err + out);
            }
            return out;
        }
    }

    private Commands() {}

    /**
     * Runs a program and waits for its end.
     *
     * @throws IllegalStateException when it has not ended after the limit; it is then killed
     */
    public static Result run(Duration limit, Map<String, String> environment, List<String> command) {
        return run(limit, environment, Path.of("").toAbsolutePath(), command);
    }

    /** The same in a folder. */
    public static Result run(Duration limit, Map<String, String> environment, Path folder, List<String> command) {
        Path out = null;
        Path err = null;
        try {
            // Files, not pipes: a pipe that a background child inherits would never end.
            out = Files.createTempFile("longhaul", ".out");
            err = Files.createTempFile("longhaul", ".err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        String.join(" ", command) + " has not ended after " + limit + ": " + Files.readString(err));
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } finally {
            delete(out);
            delete(err);
        }
    }

    private static void delete(@org.jspecify.annotations.Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
