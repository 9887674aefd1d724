package dev.longhaul.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Passes bytes between a client and a server; can swallow those of the connections that are open, which neither side then notices. */
final class SwallowingProxy implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int serverPort;
    private final List<Pair> pairs = new CopyOnWriteArrayList<>();

    SwallowingProxy(int serverPort) throws IOException {
        this.serverPort = serverPort;
        Thread.startVirtualThread(this::accept);
    }

    private static final class Pair {
        private final Socket client;
        private final Socket server;
        private volatile boolean swallows;

        private Pair(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        private void pass(Socket from, Socket to) {
            try (from) {
                byte[] buffer = new byte[8192];
                for (int read = from.getInputStream().read(buffer);
                        read >= 0;
                        read = from.getInputStream().read(buffer)) {
                    if (!swallows) {
                        to.getOutputStream().write(buffer, 0, read);
                    }
                }
                if (!swallows) {
                    to.close();
                }
            } catch (IOException e) {
                // One side has closed.
            }
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Swallows what comes on the connections that are open now; later ones work. */
    void swallow() {
        pairs.forEach(pair -> pair.swallows = true);
    }

    private void accept() {
        try {
            while (true) {
                Pair pair = new Pair(listening.accept(), new Socket(InetAddress.getLoopbackAddress(), serverPort));
                pairs.add(pair);
                Thread.startVirtualThread(() -> pair.pass(pair.client, pair.server));
                Thread.startVirtualThread(() -> pair.pass(pair.server, pair.client));
            }
        } catch (IOException e) {
            if (!listening.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Pair pair : pairs) {
            pair.client.close();
            pair.server.close();
        }
    }
}
