package dev.longhaul.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class LocalStackTest {
    @TempDir
    static Path data;

    static LocalStack stack;
    static Clients clients;

    @BeforeAll
    static void start() throws IOException {
        stack = LocalStack.start(data);
        clients = Clients.of(stack);
    }

    @AfterAll
    static void stop() throws IOException {
        stack.close();
    }

    @Test
    void shouldBeAsDurableAsProduction() throws Exception {
        assertThat(clients.ask("show fsync")).isEqualTo("on");
        assertThat(clients.ask("show synchronous_commit")).isEqualTo("on");
        assertThat(clients.ask("show max_connections")).isEqualTo("200");
        assertThat(clients.ask("show listen_addresses")).isEqualTo("127.0.0.1");
        assertThat(clients.ask("select split_part(version(), ' ', 2)")).startsWith("18.");
    }

    @Test
    void shouldServeShareGroups() throws Exception {
        clients.createTopic("shared");
        clients.readGroupFromTheStart("workers");
        clients.produce("shared", "hint".getBytes());

        assertThat(clients.consumeShared("shared", "workers")).asString().isEqualTo("hint");
    }

    @Test
    void shouldTakeRecordsOf23MiB() throws Exception {
        clients.createTopic("large");
        clients.produce("large", new byte[23 << 20]);

        assertThat(clients.consume("large"))
                .singleElement()
                .satisfies(value -> assertThat(value).hasSize(23 << 20));
    }

    @Test
    void shouldCreateNoTopicThatNobodyAskedFor() {
        assertThatThrownBy(() -> {
                    try (var admin = org.apache.kafka.clients.admin.Admin.create(
                            java.util.Map.<String, Object>of("bootstrap.servers", stack.kafka()))) {
                        admin.describeTopics(java.util.List.of("unknown"))
                                .allTopicNames()
                                .get();
                    }
                })
                .hasMessageContaining("UnknownTopicOrPartition");
    }

    @Test
    void shouldBringKafkaBackOnItsPortWithItsTopics() throws Exception {
        clients.createTopic("kept");
        clients.produce("kept", "record".getBytes());

        stack.stop(Part.KAFKA);
        assertThatThrownBy(() -> connect(stack.kafka())).isInstanceOf(ConnectException.class);
        stack.start(Part.KAFKA);

        assertThat(clients.consume("kept"))
                .singleElement()
                .satisfies(value -> assertThat(value).asString().isEqualTo("record"));
    }

    @Test
    void shouldBringPostgresBackOnItsPortWithItsRows() throws Exception {
        clients.sql("create table kept as select 42 as n");

        stack.stop(Part.POSTGRES);
        assertThatThrownBy(() -> clients.ask("select 1")).isInstanceOf(SQLException.class);
        stack.start(Part.POSTGRES);

        assertThat(clients.ask("select n from kept")).isEqualTo("42");
    }

    @Test
    void shouldBringS3BackOnItsPortWithItsObjects() throws Exception {
        clients.put("kept", "object", "text");

        stack.stop(Part.S3);
        assertThatThrownBy(() -> clients.get("kept", "object")).isInstanceOf(ConnectException.class);
        stack.start(Part.S3);

        assertThat(clients.get("kept", "object")).isEqualTo("text");
    }

    @Test
    void shouldSayThatADirectoryIsInUse() {
        assertThatThrownBy(() -> LocalStack.start(data))
                .hasMessage("--data " + data + " is in use by another local stack");
    }

    @Test
    void shouldNameEachVariableAndItsProperty() {
        assertThat(stack.environment())
                .containsEntry("LONGHAUL_KAFKA", stack.kafka())
                .containsEntry("LONGHAUL_POSTGRES_URL", stack.postgresUrl());
        assertThat(stack.systemProperties())
                .containsAllEntriesOf(stack.environment())
                .containsEntry("longhaul.kafka", stack.kafka())
                .containsEntry("longhaul.s3.access-key", stack.accessKey())
                .containsEntry("longhaul.s3.secret-key", stack.secretKey());
    }

    private static void connect(String address) throws IOException {
        var port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
        new java.net.Socket("127.0.0.1", port).close();
    }
}
