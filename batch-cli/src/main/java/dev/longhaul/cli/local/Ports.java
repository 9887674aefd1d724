package dev.longhaul.cli.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The ports of this installation, chosen once and kept: clients of a restarted Kafka must find it where it was. They lie
 * below the range from which systems take ports for outgoing connections, which would take ours at random.
 */
public final class Ports {
    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 30_000;

    private final Path file;
    private final Map<String, Integer> byName;
    private final IntPredicate isFree;

    private Ports(Path file, Map<String, Integer> byName, IntPredicate isFree) {
        this.file = file;
        this.byName = byName;
        this.isFree = isFree;
    }

    static Ports load(Path file) {
        return load(file, Ports::isFree);
    }

    static Ports load(Path file, IntPredicate isFree) {
        Map<String, Integer> byName = new TreeMap<>();
        JsonFile.read(file, Map.class)
                .ifPresent(kept -> kept.forEach((name, port) -> {
                    if (port instanceof Integer number) {
                        byName.put(String.valueOf(name), number);
                    }
                }));
        return new Ports(file, byName, isFree);
    }

    /** The kept port of that name, chosen now if there is none yet. */
    int of(String name) {
        Integer kept = byName.get(name);
        return kept != null ? kept : choose(name);
    }

    /** The kept port of that name, null if none was chosen. */
    @Nullable
    Integer kept(String name) {
        return byName.get(name);
    }

    /** The kept port if nobody listens there, else another one; only for a process that doesn't run. */
    int freeFor(String name) {
        Integer kept = byName.get(name);
        return kept != null && isFree.test(kept) ? kept : choose(name);
    }

    private int choose(String name) {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (!byName.containsValue(port) && isFree.test(port)) {
                byName.put(name, port);
                JsonFile.write(file, byName);
                return port;
            }
        }
        throw new LocalException("no free port between " + LOWEST + " and " + HIGHEST + " for " + name);
    }

    /** True when a server could listen there on the loopback address now. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true); // connections of a server that just ended don't make a port taken
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
