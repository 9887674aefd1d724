package dev.longhaul.stress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The ports of a local process, from Linux's /proc. */
final class ClientPorts {
    private static final int LOCAL_ADDRESS = 1;
    private static final int INODE = 9;

    private ClientPorts() {}

    /** The local ports of all TCP sockets of a process; empty if it has ended. */
    static Set<Integer> of(long pid) {
        Path process = Path.of("/proc/" + pid);
        try {
            Set<String> inodes = inodes(process.resolve("fd"));
            Set<Integer> ports = new HashSet<>();
            for (String table : List.of("net/tcp", "net/tcp6")) {
                Files.readAllLines(process.resolve(table)).stream()
                        .skip(1)
                        .map(line -> line.strip().split("\\s+"))
                        .filter(fields -> inodes.contains(fields[INODE]))
                        .forEach(fields -> ports.add(Integer.parseInt(
                                fields[LOCAL_ADDRESS].substring(fields[LOCAL_ADDRESS].lastIndexOf(':') + 1), 16)));
            }
            return ports;
        } catch (IOException | UncheckedIOException ended) {
            return Set.of();
        }
    }

    private static Set<String> inodes(Path descriptors) throws IOException {
        try (Stream<Path> all = Files.list(descriptors)) {
            return all.map(ClientPorts::target)
                    .filter(target -> target.startsWith("socket:["))
                    .map(target -> target.substring("socket:[".length(), target.length() - 1))
                    .collect(Collectors.toSet());
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closed) {
            return "";
        }
    }
}
