package dev.longhaul.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
    @TempDir
    Path directory = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("ports.json");
    }

    @Test
    void shouldKeepAPortOnceChosen() {
        int first = Ports.load(file, port -> true).of("kafka");

        assertThat(Ports.load(file, port -> true).of("kafka")).isEqualTo(first);
        assertThat(Ports.load(file, port -> true).freeFor("kafka")).isEqualTo(first);
    }

    @Test
    void shouldChooseAnotherPortWhenAStrangerTookIt() {
        int first = Ports.load(file, port -> true).of("kafka");

        int second = Ports.load(file, port -> port != first).freeFor("kafka");

        assertThat(second).isNotEqualTo(first);
        assertThat(Ports.load(file, port -> true).of("kafka")).isEqualTo(second);
    }

    @Test
    void shouldStayBelowThePortsOfOutgoingConnections() {
        assertThat(Ports.load(file).of("kafka")).isBetween(20_000, 30_000);
    }

    @Test
    void shouldChooseAnewWhenTheFileIsDamaged() throws IOException {
        Files.writeString(file, "{\"kafka\": 12");

        assertThat(Ports.load(file, port -> true).of("kafka")).isPositive();
    }

    @Test
    void shouldSayWhenNoPortIsFree() {
        assertThatThrownBy(() -> Ports.load(file, port -> false).of("kafka"))
                .isInstanceOf(LocalException.class)
                .hasMessageContaining("kafka");
    }

    @Test
    void shouldSeeThatAServerListens() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(Ports.isFree(socket.getLocalPort())).isFalse();
        }
    }
}
