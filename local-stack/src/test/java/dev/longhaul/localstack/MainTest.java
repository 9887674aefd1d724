package dev.longhaul.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Test
    void shouldServeItsDataAgainAfterAKill() throws Exception {
        var kafkaPort = Ports.free();
        var postgresPort = Ports.free();
        var clients = new Clients(
                "127.0.0.1:" + kafkaPort, "postgresql://127.0.0.1:" + postgresPort + "/longhaul", "http://unused");
        var first = start(kafkaPort, postgresPort);
        assertThat(first.inputReader().readLine()).isEqualTo("ready");
        clients.createTopic("kept");
        clients.produce("kept", "record".getBytes());
        clients.sql("create table kept as select 42 as n");

        first.destroyForcibly().waitFor();
        var second = start(kafkaPort, postgresPort);

        try {
            assertThat(second.inputReader().readLine()).isEqualTo("ready");
            assertThat(clients.consume("kept")).hasSize(1);
            assertThat(clients.ask("select n from kept")).isEqualTo("42");
        } finally {
            second.destroy();
            second.waitFor();
        }
        assertThat(directory.resolve("data/postgres/postmaster.pid")).doesNotExist();
    }

    @Test
    void shouldEndWhenItsPostgresIsKilled() throws Exception {
        var process = start(Ports.free(), Ports.free());
        assertThat(process.inputReader().readLine()).isEqualTo("ready");

        Orphan.serverOf(directory.resolve("data/postgres")).orElseThrow().destroyForcibly();

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(Files.readString(directory.resolve("stderr")))
                .contains("local-stack: PostgreSQL has ended by itself");
    }

    @Test
    void shouldEndWithOneLineWhenAPortIsTaken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            var process = start(taken.getLocalPort(), Ports.free());

            assertThat(process.waitFor()).isEqualTo(1);
            assertThat(Files.readString(directory.resolve("stderr")))
                    .isEqualTo("local-stack: Kafka: port %d on 127.0.0.1 is taken\n".formatted(taken.getLocalPort()));
        }
    }

    @Test
    void shouldEndWithOneLineWhenTheDirectoryIsUnusable() throws Exception {
        var data = Files.createFile(directory.resolve("data"));

        var process = start(Ports.free(), Ports.free());

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(Files.readString(directory.resolve("stderr")))
                .startsWith("local-stack: --data " + data + " can't be used: ")
                .hasLineCount(1);
    }

    private Process start(int kafkaPort, int postgresPort) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--data",
                        directory.resolve("data").toString(),
                        "--kafka-port",
                        String.valueOf(kafkaPort),
                        "--postgres-port",
                        String.valueOf(postgresPort))
                .redirectError(directory.resolve("stderr").toFile())
                .start();
    }
}
