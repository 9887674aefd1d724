package dev.longhaul.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longhaul.stress.Proxy.Mode;
import dev.longhaul.system.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProxyTest {
    private static final int SILENCE_MILLIS = 300;
    private static final int ANSWER_MILLIS = 30_000;

    private final int port = FreePort.choose();
    private final AtomicInteger received = new AtomicInteger();
    private ServerSocket server;
    private Proxy proxy;

    /** Answers each byte with the same byte. */
    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        proxy = new Proxy(port, server::getLocalPort);
        Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> echo(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void echo(Socket socket) {
        try (socket) {
            for (int next = socket.getInputStream().read();
                    next >= 0;
                    next = socket.getInputStream().read()) {
                received.incrementAndGet();
                socket.getOutputStream().write(next);
            }
        } catch (IOException broken) {
            // The test looks at the client's side.
        }
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"PASS", "DELAY"})
    void bytesArriveInBothDirections(Mode mode) throws IOException {
        proxy.disturb(mode, client -> true);

        assertThat(ask(connect(), 7)).isEqualTo(7);
    }

    @Test
    void frozenBytesArriveOnceItIsHealed() throws IOException {
        Socket client = connect();
        proxy.disturb(Mode.FREEZE, any -> true);
        assertSilent(client);

        proxy.heal();

        assertThat(client.getInputStream().read()).isEqualTo(7);
    }

    @Test
    void aSwallowedConnectionStaysSilentAndNewOnesWorkOnceItIsHealed() throws IOException {
        Socket client = connect();
        proxy.disturb(Mode.SWALLOW, any -> true);
        assertSilent(client);
        assertThat(received).hasValue(0);

        proxy.heal();

        assertSilent(client);
        assertThat(ask(connect(), 8)).isEqualTo(8);
    }

    @Test
    void aServerReceivesWhatItsLostAnswersAnswer() throws IOException {
        Socket client = connect();
        proxy.disturb(Mode.LOSE_ANSWERS, any -> true);

        assertSilent(client);
        Awaitility.await("the server has it").until(() -> received.get() == 1);
    }

    @Test
    void connectionsAreResetUntilItIsHealed() throws IOException {
        Socket client = connect();
        ask(client, 1);
        proxy.disturb(Mode.RESET, any -> true);
        assertThatThrownBy(() -> ask(client, 7)).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> ask(connect(), 7)).isInstanceOf(IOException.class);

        proxy.heal();

        assertThat(ask(connect(), 8)).isEqualTo(8);
    }

    @Test
    void othersAreNotDisturbed() throws IOException {
        Socket victim = connect();
        proxy.disturb(Mode.SWALLOW, client -> client == victim.getLocalPort());

        assertSilent(victim);
        assertThat(ask(connect(), 8)).isEqualTo(8);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theConnectionsOfAProcessAreFound() throws IOException {
        Socket client = connect();
        ask(client, 7);

        assertThat(ClientPorts.of(ProcessHandle.current().pid())).contains(client.getLocalPort());
        Awaitility.await("the proxy knows it")
                .until(() -> !proxy.serverPorts(Set.of(client.getLocalPort()))
                        .isEmpty());
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(ANSWER_MILLIS);
        return socket;
    }

    private static void assertSilent(Socket client) throws IOException {
        client.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> ask(client, 7)).isInstanceOf(SocketTimeoutException.class);
        client.setSoTimeout(ANSWER_MILLIS);
    }

    /** Returns the answer to a byte. */
    private static int ask(Socket client, int question) throws IOException {
        client.getOutputStream().write(question);
        int answer = client.getInputStream().read();
        if (answer < 0) {
            throw new SocketException("closed");
        }
        return answer;
    }
}
