package dev.longhaul.cli;

import dev.longhaul.cli.failure.Reason;
import dev.longhaul.cli.local.LocalSystem;
import dev.longhaul.cli.local.LogFile;
import dev.longhaul.cli.local.LogLine;
import dev.longhaul.cli.local.Ports;
import dev.longhaul.cli.local.SystemStatus;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Checks this machine for problems that prevent Longhaul from running; exits 1 if there are any.")
final class DoctorCommand implements Callable<Integer> {
    private static final long LEAST_DISK = 2L << 30;
    private static final int LOG_LINES = 3;

    /**
     * One thing looked at.
     *
     * @param problem true when it needs mending
     */
    record Finding(boolean problem, String text) {
        @Override
        public String toString() {
            return (problem ? "PROBLEM  " : "ok       ") + text;
        }
    }

    @Override
    public Integer call() {
        LocalSystem system = Local.system();
        List<Finding> findings = new ArrayList<>();
        findings.add(java());
        findings.add(disk(system.home().directory()));
        SystemStatus status = system.status();
        if (status.isDown()) {
            int port = status.api().getPort();
            findings.add(
                    Ports.isFree(port)
                            ? new Finding(false, "nothing runs; port " + port + " is free for the API")
                            : new Finding(
                                    true,
                                    "port " + port + " is taken by another program; choose one with LONGHAUL_PORT"));
        } else {
            status.processes().forEach(process -> findings.add(process(system, process)));
        }
        findings.forEach(System.out::println);
        return findings.stream().anyMatch(Finding::problem) ? ExitCode.FAILED : ExitCode.OK;
    }

    private static Finding java() {
        Runtime.Version version = Runtime.version();
        return new Finding(version.feature() < 25, "Java " + version + " from " + System.getProperty("java.home"));
    }

    private static Finding disk(Path directory) {
        Path existing = directory;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        try {
            FileStore store = Files.getFileStore(existing);
            long free = store.getUsableSpace();
            boolean writable = Files.isWritable(existing);
            return new Finding(
                    free < LEAST_DISK || !writable,
                    "data in " + directory + ": " + (free >> 30) + " GiB free"
                            + (writable ? "" : ", and not writable"));
        } catch (IOException e) {
            return new Finding(true, "data in " + directory + ": " + Reason.of(e));
        }
    }

    private static Finding process(LocalSystem system, SystemStatus.ProcessStatus process) {
        if (process.ready()) {
            return new Finding(false, process.name() + " is ready on port " + process.port());
        }
        Path log = system.home().log(process.name());
        List<String> end = new LogFile(log)
                .tail(LOG_LINES, 0).stream().map(LogLine::readable).toList();
        String state = process.pid() == null
                ? " does not run; `longhaul up` starts it"
                : " (process " + process.pid() + ") runs and is not ready";
        return new Finding(
                true,
                process.name() + state + "; the end of " + log + ":"
                        + (end.isEmpty() ? " (empty)" : "\n           " + String.join("\n           ", end)));
    }
}
