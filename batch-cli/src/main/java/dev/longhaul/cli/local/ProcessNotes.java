package dev.longhaul.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The processes that we started and that still run, remembered in the {@code run} directory. */
final class ProcessNotes {
    private static final String SUFFIX = ".json";

    private final Path directory;

    ProcessNotes(Path directory) {
        this.directory = directory;
    }

    /** All that live, by name. A note whose process is gone is passed over, not deleted: another may be writing it. */
    List<RunningProcess> alive() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .flatMap(file -> JsonFile.read(file, RunningProcess.class).stream())
                    .filter(RunningProcess::isAlive)
                    .toList();
        } catch (IOException e) {
            throw new LocalException("can't read " + directory + ": " + e.getMessage(), e);
        }
    }

    Optional<RunningProcess> alive(String name) {
        return JsonFile.read(file(name), RunningProcess.class).filter(RunningProcess::isAlive);
    }

    void write(RunningProcess process) {
        JsonFile.write(file(process.name()), process);
    }

    void delete(String name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            throw new LocalException("can't delete " + file(name) + ": " + e.getMessage(), e);
        }
    }

    private Path file(String name) {
        return directory.resolve(name + SUFFIX);
    }
}
