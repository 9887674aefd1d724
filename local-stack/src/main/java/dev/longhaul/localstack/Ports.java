package dev.longhaul.localstack;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports of 127.0.0.1. */
final class Ports {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private Ports() {}

    /** A port that was free a moment ago. */
    static int free() throws IOException {
        try (var probe = new ServerSocket(0, 1, LOOPBACK)) {
            return probe.getLocalPort();
        }
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
