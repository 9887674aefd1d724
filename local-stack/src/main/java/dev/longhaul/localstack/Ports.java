package dev.longhaul.localstack;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of 127.0.0.1, below the range from which systems take those of outgoing connections: one of these would take
 * the port of a server that is away for a moment.
 */
final class Ports {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 30_000;
    private static final int ATTEMPTS = 1_000;

    private Ports() {}

    /** A port that was free a moment ago. */
    static int free() throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            try (var probe = new ServerSocket(port, 1, LOOPBACK)) {
                return probe.getLocalPort();
            } catch (BindException taken) {
                continue;
            }
        }
        throw new IOException("no free port between " + LOWEST + " and " + HIGHEST);
    }

    /** Asked before a server starts, because none of them says clearly that its port is the trouble. */
    static void requireFree(String name, int port) throws IOException {
        if (port < 1 || port > 65_535) {
            throw new IOException(name + " must be between 1 and 65535, but is " + port);
        }
        try (var probe = new ServerSocket(port, 1, LOOPBACK)) {
            probe.getLocalPort();
        } catch (BindException e) {
            throw new IOException(name + ": port " + port + " on 127.0.0.1 is taken", e);
        }
    }
}
