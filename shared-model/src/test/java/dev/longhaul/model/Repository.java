package dev.longhaul.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the repository that tests compare with the code; tests run in their module's folder. */
final class Repository {
    private Repository() {}

    static Path file(String path) {
        return Path.of("..").resolve(path);
    }

    static String read(String path) {
        try {
            return Files.readString(file(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
