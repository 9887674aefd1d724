package dev.longhaul.sim;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A running backend on 127.0.0.1. Its faults and counters are reached at {@code /admin/} only, also by tests in the same
 * JVM. Any thread.
 */
public final class Simulator implements AutoCloseable {
    /** The models of a backend that was told none. */
    public static final Set<String> DEFAULT_MODELS = Set.of("sim-chat", "sim-completions", EmbeddingModel.NAME);

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final int EVENT_LOOPS = 2;
    private static final int START_LIMIT_S = 30;

    private final Vertx vertx;
    private final int port;

    private Simulator(Vertx vertx, int port) {
        this.vertx = vertx;
        this.port = port;
    }

    /** A faultless backend with the default models on a free port. */
    public static Simulator start() throws IOException {
        return start(freePort(), new Backend(new Models(DEFAULT_MODELS, false), Faults.NONE));
    }

    /** @throws IOException when the port can't be had; the message names it */
    static Simulator start(int port, Backend backend) throws IOException {
        if (port < 1 || port > 65_535) {
            throw new IOException("--port must be between 1 and 65535, but is " + port);
        }
        requireFree(port);
        var vertx =
                Vertx.vertx(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS).setPreferNativeTransport(true));
        var options = new HttpServerOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setTcpNoDelay(true)
                .setAcceptBacklog(4096)
                .setHandle100ContinueAutomatically(true)
                // One handler less in each connection's pipeline.
                .setHttp2ClearTextEnabled(false);
        try {
            vertx.deployVerticle(
                            () -> new Listener(backend, options), new DeploymentOptions().setInstances(EVENT_LOOPS))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_LIMIT_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            vertx.close();
            throw new IOException("can't listen on 127.0.0.1:" + port + ": " + e, e);
        } catch (InterruptedException e) {
            vertx.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting", e);
        }
        return new Simulator(vertx, port);
    }

    /** {@code http://127.0.0.1:port}, without {@code /v1}. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Closes the port and all connections; returns when that is done. */
    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, LOOPBACK)) {
            return probe.getLocalPort();
        }
    }

    /** The native transport's own exception doesn't tell a taken port from other failures. */
    private static void requireFree(int port) throws IOException {
        try (var probe = new ServerSocket(port, 1, LOOPBACK)) {
            probe.getLocalPort();
        } catch (BindException e) {
            throw new IOException("port " + port + " on 127.0.0.1 is taken", e);
        }
    }

    private static final class Listener extends AbstractVerticle {
        private final Backend backend;
        private final HttpServerOptions options;

        Listener(Backend backend, HttpServerOptions options) {
            this.backend = backend;
            this.options = options;
        }

        @Override
        public void start(Promise<Void> started) {
            vertx.createHttpServer(options)
                    .requestHandler(new Routes(backend, vertx))
                    .listen()
                    .<Void>mapEmpty()
                    .onComplete(started);
        }
    }
}
