package dev.longhaul.dispatcher.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.TooLongFrameException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.SocketAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class BackendConnectionsTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final String OK = "HTTP/1.1 200 OK";

    @AfterAll
    static void end() {
        VERTX.close();
    }

    @Test
    void headersMayBeAsLongAsGatewaysMakeThem() throws Exception {
        try (RawServer server = new RawServer(OK, "X-Trace: " + "t".repeat(60_000), "Content-Length: 2", "", "{}")) {
            assertThat(call(server)).isEqualTo("{}");
        }
    }

    @Test
    void longerOnesAreToldAsSuch() throws Exception {
        try (RawServer server = new RawServer(OK, "X-Trace: " + "t".repeat(70_000), "Content-Length: 2", "", "{}")) {
            assertThatThrownBy(() -> call(server)).hasRootCauseInstanceOf(TooLongFrameException.class);
        }
    }

    @Test
    void repeatedLengthsThatAgreeAreOne() throws Exception {
        try (RawServer server = new RawServer(OK, "Content-Length: 2", "Content-Length: 2", "", "{}")) {
            assertThat(call(server)).isEqualTo("{}");
        }
        try (RawServer server = new RawServer(OK, "Content-Length: 2", "Content-Length: 3", "", "{}")) {
            assertThatThrownBy(() -> call(server)).hasRootCauseInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aContentCodingThatNobodyAskedForIsUndone() throws Exception {
        ByteArrayOutputStream coded = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(coded)) {
            gzip.write("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
        }
        String body = coded.toString(StandardCharsets.ISO_8859_1);
        try (RawServer server =
                new RawServer(OK, "Content-Encoding: gzip", "Content-Length: " + body.length(), "", body)) {
            assertThat(call(server)).isEqualTo("{\"a\":1}");
        }
    }

    @Test
    void eachAddressOfANameIsTriedAndTheOneThatAnswersComesFirst() throws Exception {
        byte[] answer = (OK + "\r\nContent-Length: 2\r\n\r\n{}").getBytes(StandardCharsets.ISO_8859_1);
        try (RawServer server = new RawServer("127.0.0.3", 0, answer)) {
            Backend backend = backend("http://localhost:" + server.port() + "/v1");
            // Nobody listens at the others, as where a name has an address that only some servers listen at.
            backend.addresses()
                    .take(List.of(
                            SocketAddress.inetSocketAddress(server.port(), "127.0.0.2"),
                            SocketAddress.inetSocketAddress(server.port(), "::1"),
                            SocketAddress.inetSocketAddress(server.port(), "127.0.0.3")));

            assertThat(call(backend)).isEqualTo("{}");
            assertThat(call(backend)).isEqualTo("{}");

            assertThat(server.connections).hasValue(2);
            assertThat(backend.addresses().known().getFirst().hostAddress()).isEqualTo("127.0.0.3");
        }
    }

    @Test
    void aNameIsResolvedToAllOfItsAddresses() throws Exception {
        Backend backend = backend("http://127.0.0.1:80/v1");
        backend.addresses().refresh(0);

        assertThat(backend.addresses().known()).containsExactly(SocketAddress.inetSocketAddress(80, "127.0.0.1"));
    }

    @Test
    void nobodyIsThereWhenNoConnectionCanBeMade() {
        assertThat(List.of(
                        new ConnectException("Connection refused"),
                        new NoRouteToHostException("No route to host"),
                        new SocketException("Network is unreachable"),
                        new UnknownHostException("gpu"),
                        new SSLHandshakeException("Failed to create SSL connection"),
                        new ClosedChannelException()))
                .allMatch(BackendConnections::isNobodyThere);
    }

    @Test
    void whatHappensToAConnectionThatWasMadeIsSomethingElse() {
        assertThat(List.of(
                        new HttpClosedException("Connection was closed"),
                        new ConnectionPoolTooBusyException("busy"),
                        new IOException("broken pipe"),
                        new IllegalStateException("Client is closed")))
                .noneMatch(BackendConnections::isNobodyThere);
    }

    private static String call(RawServer server) throws Exception {
        return call(backend("http://127.0.0.1:" + server.port() + "/v1"));
    }

    private static String call(Backend backend) throws Exception {
        BackendConnections connections = new BackendConnections(VERTX, backend, 4);
        CompletableFuture<Buffer> body = new CompletableFuture<>();
        connections.open(HttpMethod.GET, "/v1/models", (request, failure) -> {
            if (request == null) {
                body.completeExceptionally(failure);
            } else {
                request.send()
                        .compose(response -> response.body())
                        .onSuccess(body::complete)
                        .onFailure(body::completeExceptionally);
            }
        });
        return body.get(20, TimeUnit.SECONDS).toString();
    }

    private static Backend backend(String url) {
        return new Backend("gpu", BackendTest.config(Map.of("url", url)));
    }
}
