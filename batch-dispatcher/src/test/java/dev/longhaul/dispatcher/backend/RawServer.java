package dev.longhaul.dispatcher.backend;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers each request with the same bytes, whatever they are, and closes the connection. */
final class RawServer implements AutoCloseable {
    private final ServerSocket socket;
    private final byte[] answer;
    final AtomicInteger connections = new AtomicInteger();

    RawServer(String address, int port, byte[] answer) throws IOException {
        this.answer = answer;
        this.socket = new ServerSocket(port, 50, InetAddress.getByName(address));
        Thread.ofVirtual().start(this::accept);
    }

    RawServer(String... headersAndBody) throws IOException {
        this("127.0.0.1", 0, String.join("\r\n", headersAndBody).getBytes(StandardCharsets.ISO_8859_1));
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                connections.incrementAndGet();
                readHead(client.getInputStream());
                client.getOutputStream().write(answer);
                client.getOutputStream().flush();
                client.shutdownOutput();
                client.getInputStream().readAllBytes();
            } catch (IOException e) {
                // That client's, or the end.
            }
        }
    }

    private static void readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.write(b);
            if (head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
