package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class BackendCallerTest {
    @Test
    void nobodyIsThereWhenNoConnectionCanBeMade() {
        assertThat(List.of(
                        new ConnectException("Connection refused"),
                        new NoRouteToHostException("No route to host"),
                        new SocketException("Network is unreachable"),
                        new UnknownHostException("gpu"),
                        new SSLHandshakeException("Failed to create SSL connection"),
                        new ClosedChannelException()))
                .allMatch(BackendCaller::isNobodyThere);
    }

    @Test
    void whatSaysNothingOfTheBackendCountsAsAnAttempt() {
        assertThat(List.of(
                        new HttpClosedException("Connection was closed"),
                        new ConnectionPoolTooBusyException("busy"),
                        new IOException("broken pipe"),
                        new IllegalStateException("Client is closed")))
                .noneMatch(BackendCaller::isNobodyThere);
    }
}
