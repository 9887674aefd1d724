package dev.longhaul.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.cli.api.FakeApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendProbeTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void shouldNameTheBackendsThatDoNotAnswerAndTakeAnyAnswerForOne() throws IOException {
        try (FakeApi api = new FakeApi()) {
            Backend refusing = new Backend("refusing", api.url(), null);
            Backend dead = Backend.parse("dead=http://127.0.0.1:1/v1", 1);

            assertThat(BackendProbe.unreachable(List.of(refusing, dead), Duration.ofSeconds(2)))
                    .containsExactly(dead);
            assertThat(api.received("GET /v1/models")).isNotEmpty();
        }
    }

    /** More of them than cores: they are asked at once, or those behind would have no time left. */
    @Test
    void shouldFindAHealthyServerBehindManyThatHang() throws IOException {
        try (ServerSocket hanging = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
                FakeApi api = new FakeApi()) {
            List<Backend> backends = new ArrayList<>();
            for (int i = 1; i <= 4 * Runtime.getRuntime().availableProcessors(); i++) {
                backends.add(Backend.parse("http://127.0.0.1:" + hanging.getLocalPort() + "/v1", i));
            }
            Backend healthy = new Backend("healthy", api.url(), null);
            backends.add(healthy);

            assertThat(BackendProbe.unreachable(backends, Duration.ofSeconds(2)))
                    .hasSize(backends.size() - 1)
                    .doesNotContain(healthy);
        }
    }

    /** It refuses until somebody listens, and that one never answers. */
    @Test
    void shouldGiveAServerThatRefusesAndThenHangsNoMoreTimeThanAnyOther() throws Exception {
        int port = Ports.load(directory.resolve("ports.json")).freeFor("hanging");
        Backend hanging = Backend.parse("hanging=http://127.0.0.1:" + port + "/v1", 1);
        Duration patience = Duration.ofSeconds(4);
        long began = System.nanoTime();
        CompletableFuture<List<Backend>> unreachable =
                CompletableFuture.supplyAsync(() -> BackendProbe.unreachable(List.of(hanging), patience));

        assertThat(Waiting.until(patience, () -> System.nanoTime() - began > patience.toNanos() / 2))
                .isTrue();
        try (ServerSocket socket = new ServerSocket(port, 5, InetAddress.getLoopbackAddress())) {
            assertThat(unreachable.get()).containsExactly(hanging);
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("the patience, not as much again from when it began to hang")
                    .isLessThan(patience.plus(patience.dividedBy(2)));
            assertThat(socket.isBound()).isTrue();
        }
    }
}
