package dev.longhaul.cli.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A process as it should run.
 *
 * @param command program and arguments
 * @param environment added to that of the command line
 * @param port where it will listen
 * @param healthPath answers 200 on that port when it is ready; empty when it prints a line {@code ready} instead
 * @param fingerprint changes when a running one must be replaced: other settings, or rebuilt programs
 */
record ProcessSpec(
        String name,
        List<String> command,
        Map<String, String> environment,
        int port,
        String healthPath,
        String fingerprint) {
    ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** The same with more flags for its JVM. */
    ProcessSpec withJvmFlags(List<String> flags) {
        List<String> more = new ArrayList<>(command);
        more.addAll(1, flags);
        return new ProcessSpec(name, more, environment, port, healthPath, fingerprint);
    }
}
