package dev.longhaul.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * One process, and no other that gets its number later.
 *
 * @param pid its number
 * @param startedAt when it started, in milliseconds since the epoch, as the system tells
 */
record ProcessIdentity(long pid, long startedAt) {
    /** Linux counts a start from the boot time, which moves by a second when the clock is corrected. */
    private static final long CLOCK_CORRECTION_MILLIS = 2_000;

    /** Answers empty when no process with that number lives, or it belongs to somebody who hides it. */
    static Optional<ProcessIdentity> of(long pid) {
        return ProcessHandle.of(pid)
                .filter(handle -> !isZombie(pid))
                .flatMap(handle -> handle.info().startInstant())
                .map(Instant::toEpochMilli)
                .map(startedAt -> new ProcessIdentity(pid, startedAt));
    }

    /** True while this very process runs: a zombie does not, nor does a stranger with a recycled number. */
    boolean isAlive() {
        return of(pid).filter(now -> Math.abs(now.startedAt - startedAt) <= CLOCK_CORRECTION_MILLIS)
                .isPresent();
    }

    /** Sends SIGTERM, or nothing when it is gone. */
    void terminate() {
        if (isAlive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        }
    }

    /** Sends SIGKILL, or nothing when it is gone. */
    void kill() {
        if (isAlive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** A killed process whose parent never asks for its end stays listed, as in containers without an init. */
    private static boolean isZombie(long pid) {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        try {
            String line = Files.readString(stat, java.nio.charset.StandardCharsets.ISO_8859_1);
            int state = line.lastIndexOf(')') + 2;
            return state > 1 && state < line.length() && "ZXx".indexOf(line.charAt(state)) >= 0;
        } catch (IOException e) {
            return false; // not Linux, or gone in between: the process handle knows
        }
    }
}
