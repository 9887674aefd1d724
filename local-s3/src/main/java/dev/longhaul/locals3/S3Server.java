package dev.longhaul.locals3;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** A running S3 server on 127.0.0.1 that keeps its objects in a directory. */
final class S3Server implements AutoCloseable {
    /** The largest body of one signed, unchunked PUT: S3Proxy holds such a body in memory to check its hash. */
    private static final long MAX_SIGNED_BODY_BYTES = 64L << 20;

    private static final int MAX_CLOCK_SKEW_S = 15 * 60;

    private final S3Proxy proxy;
    private final CountDownLatch closed = new CountDownLatch(1);

    private S3Server(S3Proxy proxy) {
        this.proxy = proxy;
    }

    /**
     * Starts a server that accepts requests signed with the given keys (AWS signature version 4) and nothing else.
     *
     * @param port 1 to 65535, or 0 for any free port
     * @throws IOException when the port is taken or the directory can't be used; the message says which
     */
    static S3Server start(Path data, int port, String accessKey, String secretKey) throws IOException {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("--port must be between 0 and 65535, but is " + port);
        }
        if (accessKey.isBlank() || secretKey.isBlank()) {
            throw new IllegalArgumentException("--access-key and --secret-key must not be blank");
        }
        requireUsable(data);
        requireFree(port);
        var proxy = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(data.toAbsolutePath().toString()))
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .awsAuthentication(AuthenticationType.AWS_V4, accessKey, secretKey)
                .v4MaxNonChunkedRequestSize(MAX_SIGNED_BODY_BYTES)
                .v4MaxChunkSize((int) MAX_SIGNED_BODY_BYTES)
                .maximumTimeSkew(MAX_CLOCK_SKEW_S)
                .ignoreUnknownHeaders(true)
                .build();
        try {
            proxy.start();
        } catch (Exception e) {
            throw new IOException("S3 can't start on 127.0.0.1:" + port + ": " + e.getMessage(), e);
        }
        return new S3Server(proxy);
    }

    int port() {
        return proxy.getPort();
    }

    /** Waits until {@link #close} is called. */
    void await() throws InterruptedException {
        closed.await();
    }

    @Override
    public void close() throws Exception {
        proxy.stop();
        closed.countDown();
    }

    private static void requireUsable(Path data) throws IOException {
        try {
            Files.createDirectories(data);
            Files.delete(Files.createTempFile(data, ".probe", null));
        } catch (IOException e) {
            throw new IOException("--data " + data + " can't be used: " + e, e);
        }
    }

    private static void requireFree(int port) throws IOException {
        try (var probe = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            probe.getLocalPort();
        } catch (BindException e) {
            throw new IOException("port " + port + " on 127.0.0.1 is taken", e);
        }
    }
}
