package dev.longhaul.stress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;

/** Forwards TCP connections to a server, and delays, hangs or breaks them on demand. All threads. */
final class Proxy implements AutoCloseable {
    private static final int MAX_DELAY_MILLIS = 150;
    /** How long a server's keepalive takes to notice that a client is unreachable. */
    private static final long KEEPALIVE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ServerSocket listener;
    private final IntSupplier serverPort;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private volatile Mode mode = Mode.PASS;
    private volatile IntPredicate victims = port -> false;

    /** What happens to the bytes of a connection. */
    enum Mode {
        PASS,
        /** They arrive late. */
        DELAY,
        /** They are held back until {@link #heal}. */
        FREEZE,
        /** They are lost, also after {@link #heal}. Neither side sees the connection end. */
        SWALLOW,
        /** As SWALLOW, but the server still receives what it is sent. */
        LOSE_ANSWERS,
        /** Connections are reset, new ones as well until {@link #heal}. */
        RESET
    }

    /**
     * Starts listening.
     *
     * @param serverPort called for each connection
     */
    Proxy(int port, IntSupplier serverPort) {
        this.serverPort = serverPort;
        try {
            this.listener = new ServerSocket(port, 1_024, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /**
     * Changes the mode of some clients' connections, existing and new, until {@link #heal}.
     *
     * @param victims the clients' ports
     */
    void disturb(Mode with, IntPredicate victims) {
        this.victims = victims;
        this.mode = with;
        connections.stream()
                .filter(connection -> victims.test(connection.client.getPort()))
                .forEach(connection -> connection.disturb(with));
    }

    void heal() {
        mode = Mode.PASS;
        connections.forEach(Connection::heal);
    }

    /** The ports from which some clients' connections reach the server. */
    Set<Integer> serverPorts(Set<Integer> clientPorts) {
        Set<Integer> ports = ConcurrentHashMap.newKeySet();
        connections.stream()
                .filter(connection -> clientPorts.contains(connection.client.getPort()))
                .forEach(connection -> ports.add(connection.server.getLocalPort()));
        return ports;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        Connection connection = new Connection(client, new Socket());
        try {
            connection.server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort.getAsInt()));
            client.setTcpNoDelay(true);
            connection.server.setTcpNoDelay(true);
        } catch (IOException refused) {
            connection.reset();
            return;
        }
        connections.add(connection);
        if (mode != Mode.PASS && victims.test(client.getPort())) {
            connection.disturb(mode);
        }
        Thread.ofVirtual().start(() -> connection.pass(client, connection.server, false));
        connection.pass(connection.server, client, true);
        connections.remove(connection);
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        heal();
        connections.forEach(Connection::reset);
    }

    private final class Connection {
        private final Socket client;
        private final Socket server;
        private volatile Mode mode = Mode.PASS;
        /** Stays set once bytes were lost: what follows would make no sense to either side. */
        private volatile Mode lost = Mode.PASS;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        synchronized void disturb(Mode what) {
            mode = what;
            if (what == Mode.SWALLOW || what == Mode.LOSE_ANSWERS) {
                lost = what;
                Thread.ofVirtual().start(this::endAtServer);
            } else if (what == Mode.RESET) {
                reset();
            }
        }

        synchronized void heal() {
            mode = Mode.PASS;
            notifyAll();
        }

        void pass(Socket from, Socket to, boolean answers) {
            byte[] buffer = new byte[1 << 16];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    awaitHealing();
                    if (!loses(answers)) {
                        out.write(buffer, 0, length);
                    }
                }
                awaitHealing();
            } catch (IOException | InterruptedException broken) {
                // Handled like a regular end.
            }
            end(answers);
        }

        private void endAtServer() {
            LockSupport.parkNanos(KEEPALIVE_NANOS);
            close(server);
        }

        /** The other side sees the end too, unless it is lost like everything else. */
        private void end(boolean answers) {
            if (lost == Mode.PASS) {
                reset();
            } else if (!answers) {
                close(client);
            }
        }

        private boolean loses(boolean answers) {
            return lost == Mode.SWALLOW || (lost == Mode.LOSE_ANSWERS && answers);
        }

        private void awaitHealing() throws InterruptedException {
            if (mode == Mode.DELAY) {
                TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(MAX_DELAY_MILLIS));
            }
            synchronized (this) {
                while (mode == Mode.FREEZE) {
                    wait();
                }
            }
        }

        void reset() {
            close(client);
            close(server);
        }

        private static void close(Socket socket) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException closed) {
                // Closed already.
            }
        }
    }
}
