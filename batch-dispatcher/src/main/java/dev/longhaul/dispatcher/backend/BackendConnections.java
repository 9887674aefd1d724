package dev.longhaul.dispatcher.backend;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientConnection;
import io.vertx.core.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one backend, liberal in what they take: long headers, contents coded though nobody asked for it, repeated lengths that
 * agree. Belongs to the event loop that it is made on.
 */
public final class BackendConnections {
    /** The most bytes that the headers of an answer may have. */
    public static final int MOST_HEADER_BYTES = 64 * 1024;

    private static final int CONNECT_MILLIS = 5_000;
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence IDENTITY = HttpHeaders.createOptimized("identity");
    private static final CharSequence USER_AGENT = HttpHeaders.createOptimized("longhaul");

    private final Backend backend;
    private final HttpClient client;
    private final Map<String, RequestOptions> byTarget = new HashMap<>();
    private @Nullable SocketAddress first;

    /** @param most connections at a time */
    public BackendConnections(Vertx vertx, Backend backend, int most) {
        this.backend = backend;
        this.client = vertx.httpClientBuilder()
                .with(new HttpClientOptions()
                        .setConnectTimeout(CONNECT_MILLIS)
                        .setKeepAliveTimeout(30)
                        .setTcpNoDelay(true)
                        .setMaxHeaderSize(MOST_HEADER_BYTES)
                        .setMaxInitialLineLength(MOST_HEADER_BYTES)
                        .setDecompressionSupported(true))
                .with(new PoolOptions().setHttp1MaxSize(most).setMaxWaitQueueSize(-1))
                .withConnectHandler(BackendConnections::foldLengths)
                .build();
    }

    /** The options for Vert.x name no such thing, so its codec is replaced before the first byte comes. */
    private static void foldLengths(HttpConnection connection) {
        if (connection instanceof HttpClientConnection of) {
            ChannelPipeline pipeline = of.channel().pipeline();
            if (pipeline.get(HttpClientCodec.class) != null) {
                HttpDecoderConfig config = new HttpDecoderConfig()
                        .setMaxHeaderSize(MOST_HEADER_BYTES)
                        .setMaxInitialLineLength(MOST_HEADER_BYTES)
                        .setAllowDuplicateContentLengths(true);
                pipeline.replace(HttpClientCodec.class, "codec", new HttpClientCodec(config, false, false));
            }
        }
    }

    /**
     * Opens a request, at the first address of the backend that can be connected to.
     *
     * @param endpoint such as {@code /v1/models}
     * @param opened receives the request, or the reason it failed
     */
    public void open(HttpMethod method, String endpoint, BiConsumer<@Nullable HttpClientRequest, Throwable> opened) {
        List<SocketAddress> addresses = backend.addresses().known();
        if (addresses.isEmpty()) {
            client.request(options(method, endpoint)).onComplete(at -> opened.accept(at.result(), at.cause()));
        } else {
            open(method, endpoint, addresses, 0, opened);
        }
    }

    private void open(
            HttpMethod method,
            String endpoint,
            List<SocketAddress> addresses,
            int at,
            BiConsumer<@Nullable HttpClientRequest, Throwable> opened) {
        SocketAddress address = addresses.get(at);
        client.request(
                        at == 0
                                ? ofFirst(method, endpoint, address)
                                : options(method, endpoint).setServer(address))
                .onComplete(done -> {
                    boolean dead = done.failed() && isNobodyThere(done.cause());
                    if (dead && at + 1 < addresses.size()) {
                        open(method, endpoint, addresses, at + 1, opened);
                        return;
                    }
                    if (dead) {
                        backend.addresses().failed();
                    } else if (at > 0) {
                        backend.addresses().prefer(address);
                    }
                    opened.accept(done.result(), done.cause());
                });
    }

    private RequestOptions ofFirst(HttpMethod method, String endpoint, SocketAddress address) {
        if (!address.equals(first)) {
            byTarget.clear();
            first = address;
        }
        return byTarget.computeIfAbsent(
                endpoint, one -> options(method, endpoint).setServer(address));
    }

    private RequestOptions options(HttpMethod method, String endpoint) {
        BackendAddress address = backend.address();
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setHost(address.host())
                .setPort(address.port())
                .setSsl(address.tls())
                .setURI(address.path(endpoint))
                .putHeader(HttpHeaders.ACCEPT, JSON)
                .putHeader(HttpHeaders.ACCEPT_ENCODING, IDENTITY)
                .putHeader(HttpHeaders.USER_AGENT, USER_AGENT);
        if (method == HttpMethod.POST) {
            options.putHeader(HttpHeaders.CONTENT_TYPE, JSON);
        }
        String authorization = backend.authorization();
        return authorization == null ? options : options.putHeader(HttpHeaders.AUTHORIZATION, authorization);
    }

    /**
     * Whether a connection could not be made: refused, no route, no such name, no TLS. No request was sent then. One that breaks later
     * is told as the answer's failure and never asked about here.
     */
    public static boolean isNobodyThere(Throwable failure) {
        return failure instanceof SocketException
                || failure instanceof UnknownHostException
                || failure instanceof SSLException
                || failure instanceof ClosedChannelException;
    }
}
