package dev.longhaul.cli.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts processes that outlive this one: in a session or process group of their own, so that Ctrl-C in our terminal
 * doesn't reach them, deaf to a hang-up, and writing to their log.
 */
final class ProcessStarter {
    private static final long LARGEST_LOG = 20L * 1024 * 1024;

    /** Linux: a session of its own. The shell becomes the program, so its number is the program's. */
    static final String WITH_SESSION =
            "trap '' HUP; log=$1; shift; echo $$; exec setsid \"$@\" </dev/null >>\"$log\" 2>&1";

    /** macOS has no setsid command: with job control a background process gets a group of its own. */
    static final String WITH_JOB_CONTROL =
            "set -m; trap '' HUP; log=$1; shift; \"$@\" </dev/null >>\"$log\" 2>&1 & echo $!";

    private final List<String> shell;

    private ProcessStarter(List<String> shell) {
        this.shell = shell;
    }

    static ProcessStarter forThisSystem() {
        boolean session =
                List.of("/usr/bin/setsid", "/bin/setsid").stream().anyMatch(path -> Files.isExecutable(Path.of(path)));
        return session ? withSession() : withJobControl();
    }

    static ProcessStarter withSession() {
        return new ProcessStarter(List.of("/bin/sh", "-c", WITH_SESSION));
    }

    static ProcessStarter withJobControl() {
        return new ProcessStarter(List.of("/bin/bash", "-c", WITH_JOB_CONTROL));
    }

    /**
     * Starts it and answers at once; that it came up is for the caller to see.
     *
     * @throws LocalException when it could not be started, or ended before it could be identified
     */
    RunningProcess start(ProcessSpec spec, Path log) {
        List<String> command = new ArrayList<>(shell);
        command.add("longhaul");
        command.add(log.toString());
        command.addAll(spec.command());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(spec.environment());
        builder.redirectInput(Path.of("/dev/null").toFile());
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            long logOffset = rotate(log);
            Process process = builder.start();
            try (BufferedReader reader = process.inputReader()) {
                String line = reader.readLine();
                if (line == null) {
                    throw new LocalException(spec.name() + " could not be started: the shell failed");
                }
                ProcessIdentity identity = ProcessIdentity.of(Long.parseLong(line.strip()))
                        .orElseThrow(() -> new LocalException(spec.name() + " ended at once, see " + log));
                return new RunningProcess(
                        spec.name(),
                        identity.pid(),
                        identity.startedAt(),
                        spec.port(),
                        spec.healthPath(),
                        logOffset,
                        spec.fingerprint(),
                        spec.command().contains(Supervisor.RECORD));
            }
        } catch (IOException e) {
            throw new LocalException(spec.name() + " could not be started: " + e.getMessage(), e);
        }
    }

    private static long rotate(Path log) throws IOException {
        if (!Files.exists(log)) {
            return 0;
        }
        long size = Files.size(log);
        if (size < LARGEST_LOG) {
            return size;
        }
        Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        return 0;
    }
}
