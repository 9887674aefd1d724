package dev.longhaul.cli.local;

import dev.longhaul.cli.failure.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where things are: the repository with the built programs, and the one directory that holds everything written.
 *
 * @param root the repository's root
 * @param directory {@code .longhaul} there, or LONGHAUL_DATA
 */
public record Home(Path root, Path directory) {

    /** Finds both from the launcher's {@code longhaul.root} property and the environment. */
    public static Home ofThisProcess(Map<String, String> environment) {
        Path root = Path.of(System.getProperty("longhaul.root", "."))
                .toAbsolutePath()
                .normalize();
        String chosen = environment.getOrDefault("LONGHAUL_DATA", "");
        Path directory = chosen.isEmpty() ? root.resolve(".longhaul") : Path.of(chosen);
        return new Home(root, directory.toAbsolutePath().normalize());
    }

    /**
     * Creates what is missing of the directory.
     *
     * @throws LocalException when it can't be written
     */
    public Home create() {
        try {
            for (Path path : new Path[] {data(), logs(), run()}) {
                Files.createDirectories(path);
            }
            if (!Files.isWritable(run())) {
                throw new LocalException("the data directory " + directory + " is not writable");
            }
            return this;
        } catch (IOException e) {
            throw new LocalException("the data directory " + directory + " cannot be created: " + Reason.of(e), e);
        }
    }

    public Path data() {
        return directory.resolve("data");
    }

    /** Notes of uploads that are not complete yet, to this installation or another. */
    public Path uploads() {
        return directory.resolve("uploads");
    }

    public Path logs() {
        return directory.resolve("logs");
    }

    public Path log(String process) {
        if (process.equals(PostgresProcess.NAME)) {
            return data().resolve("stack/postgres.log");
        }
        return logs().resolve(process + ".log");
    }

    Path run() {
        return directory.resolve("run");
    }

    Path ports() {
        return directory.resolve("ports.json");
    }

    Path settings() {
        return directory.resolve("settings.json");
    }

    Path apiKey() {
        return directory.resolve("api-key");
    }
}
