package dev.longhaul.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.cli.api.FakeApi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
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
            Backend refusing = new Backend("refusing", api.url());
            Backend dead = Backend.parse("dead=http://127.0.0.1:1/v1", 1);

            assertThat(BackendProbe.unreachable(List.of(refusing, dead), Duration.ofSeconds(2)))
                    .containsExactly(dead);
            assertThat(api.received("GET /v1/models")).isNotEmpty();
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
