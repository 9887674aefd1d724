package dev.longhaul.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** PostgreSQL's server process, which the local stack starts: a process of its own, that can be killed or put to sleep alone. */
final class PostgresProcess {
    static final String NAME = Blueprint.POSTGRES;

    private final Path data;

    PostgresProcess(Home home) {
        this.data = home.data().resolve("stack/postgres");
    }

    /** Its number while it runs. The file that says it outlives a killed server, and the number may be somebody else's then. */
    Optional<Long> pid() {
        try {
            List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
            return lines.stream()
                    .findFirst()
                    .flatMap(line -> ProcessHandle.of(Long.parseLong(line.strip())))
                    .filter(process -> process.info()
                            .command()
                            .filter(command -> Path.of(command).endsWith("postgres"))
                            .isPresent())
                    .map(ProcessHandle::pid);
        } catch (IOException | NumberFormatException e) {
            return Optional.empty(); // it doesn't run, or writes the file just now
        }
    }
}
