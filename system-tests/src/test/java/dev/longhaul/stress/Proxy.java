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

/** Passes TCP connections on to a server, and lets them be late, hang or break. All threads. */
final class Proxy implements AutoCloseable {
    private static final int MAX_DELAY_MILLIS = 150;
    /** After that long a server's keepalive would have found out that its client can't be reached. */
    private static final long KEEPALIVE_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final ServerSocket listener;
    private final IntSupplier serverPort;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private volatile Harm harm = Harm.NONE;
    private volatile IntPredicate victims = port -> false;

    /** What happens to connections. */
    enum Harm {
        NONE,
        /** What passes comes late. */
        DELAY,
        /** Nothing passes until it is healed, then everything does. */
        FREEZE,
        /** What passes is lost, now and ever after; both sides stay open. */
        SWALLOW,
        /** The server gets what it is sent, and its answers are lost, now and ever after. */
        LOSE_ANSWERS,
        /** All are reset, and so are new ones until it is healed. */
        CUT
    }

    /**
     * Starts listening.
     *
     * @param serverPort asked for each connection
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
     * Harms the connections of some clients, those that exist and those to come, until {@link #heal}.
     *
     * @param victims the clients' ports
     */
    void harm(Harm what, IntPredicate victims) {
        this.victims = victims;
        this.harm = what;
        connections.stream()
                .filter(connection -> victims.test(connection.client.getPort()))
                .forEach(connection -> connection.harm(what));
    }

    void heal() {
        harm = Harm.NONE;
        connections.forEach(Connection::heal);
    }

    /** The ports by which the server knows the connections of some clients. */
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
        if (harm != Harm.NONE && victims.test(client.getPort())) {
            connection.harm(harm);
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
        private volatile Harm harm = Harm.NONE;
        /** Set once what it had to pass was lost: what comes later would make no sense to either side. */
        private volatile Harm lost = Harm.NONE;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        synchronized void harm(Harm what) {
            harm = what;
            if (what == Harm.SWALLOW || what == Harm.LOSE_ANSWERS) {
                lost = what;
                Thread.ofVirtual().start(this::giveUpClient);
            } else if (what == Harm.CUT) {
                reset();
            }
        }

        synchronized void heal() {
            harm = Harm.NONE;
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
                // The other side is told below.
            }
            end(answers);
        }

        /** The server's keepalive is not answered any more. */
        private void giveUpClient() {
            LockSupport.parkNanos(KEEPALIVE_NANOS);
            close(server);
        }

        /** The end of one side is news for the other, unless news are lost. */
        private void end(boolean answers) {
            if (lost == Harm.NONE) {
                reset();
            } else if (!answers) {
                close(client);
            }
        }

        private boolean loses(boolean answers) {
            return lost == Harm.SWALLOW || (lost == Harm.LOSE_ANSWERS && answers);
        }

        private void awaitHealing() throws InterruptedException {
            if (harm == Harm.DELAY) {
                TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(MAX_DELAY_MILLIS));
            }
            synchronized (this) {
                while (harm == Harm.FREEZE) {
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
                // It is what was wanted.
            }
        }
    }
}
