package dev.longhaul.localstack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A PostgreSQL that outlived the JVM that started it. A killed local stack leaves its PostgreSQL running, and that one
 * must end before another may open the same directory.
 */
final class Orphan {
    private static final Duration END_LIMIT = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(20);

    private Orphan() {}

    /** Ends the server that still serves the directory, if there is one; returns when it is gone. */
    static void stop(Path data) throws IOException {
        var pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        var process = serverOf(data);
        if (process.isEmpty()) {
            // The number is free or somebody else's now, so the file is stale. PostgreSQL would trust it if it can't
            // tell.
            Files.delete(pidFile);
            return;
        }
        interrupt(process.get().pid());
        awaitEnd(process.get().pid(), pidFile);
    }

    /** The process that serves the directory; its file may have outlived it. */
    static Optional<ProcessHandle> serverOf(Path data) throws IOException {
        var pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        var pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
        return ProcessHandle.of(pid).filter(Orphan::isPostgres);
    }

    /** Goes by the file, its last act: an ended process may linger as a zombie where nobody reaps orphans. */
    private static void awaitEnd(long pid, Path pidFile) throws IOException {
        var deadline = System.nanoTime() + END_LIMIT.toNanos();
        while (Files.exists(pidFile)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("PostgreSQL %d of a killed local stack won't end".formatted(pid));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> Path.of(command).endsWith("postgres"))
                .orElse(false);
    }

    /** SIGINT is PostgreSQL's fast shutdown; the JDK sends none but SIGTERM, on which it would wait for its clients. */
    private static void interrupt(long pid) throws IOException {
        new ProcessBuilder("kill", "-INT", String.valueOf(pid)).start();
    }
}
