package dev.longhaul.localstack;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.LogMessageWaitStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * A server from its image, for tests where a container engine is there. A stopped one keeps its data; the engine removes it when
 * this JVM has ended.
 */
final class ContainerServer implements LocalServer {
    private static final String KAFKA = "apache/kafka:4.2.1";
    private static final String POSTGRES = "postgres:18";
    private static final String S3 = "minio/minio:latest";

    private final Image image;
    private final int port;
    private @Nullable GenericContainer<?> created;

    private record Image(
            String name,
            int port,
            Map<String, String> environment,
            List<String> command,
            LogMessageWaitStrategy ready) {}

    private ContainerServer(Image image, int port) {
        this.image = image;
        this.port = port;
    }

    /** The part's server, to be reached on that port of 127.0.0.1. */
    static ContainerServer of(Part part, int port) {
        return new ContainerServer(
                switch (part) {
                    case KAFKA -> kafka(port);
                    case POSTGRES -> postgres();
                    case S3 -> s3();
                },
                port);
    }

    private static Image kafka(int port) {
        Map<String, String> environment = KafkaBroker.environment(Map.of(
                "listeners", "PLAINTEXT://:" + port + ",CONTROLLER://:9093",
                "advertised.listeners", "PLAINTEXT://127.0.0.1:" + port,
                "controller.quorum.voters", "1@localhost:9093"));
        return new Image(KAFKA, port, environment, List.of(), Wait.forLogMessage(".*Kafka Server started.*", 1));
    }

    private static Image postgres() {
        Map<String, String> environment = Map.of(
                "POSTGRES_DB", PostgresServer.DATABASE,
                "POSTGRES_USER", PostgresServer.DATABASE,
                "POSTGRES_PASSWORD", PostgresServer.DATABASE);
        return new Image(
                POSTGRES,
                5432,
                environment,
                List.of("postgres", "-c", "max_connections=200"),
                // The first start prepares the database and ends again.
                Wait.forLogMessage(".*ready to accept connections.*", 2));
    }

    private static Image s3() {
        Map<String, String> environment =
                Map.of("MINIO_ROOT_USER", S3Process.ACCESS_KEY, "MINIO_ROOT_PASSWORD", S3Process.SECRET_KEY);
        return new Image(S3, 9000, environment, List.of("server", "/data"), Wait.forLogMessage(".*API:.*", 1));
    }

    @Override
    public void start() throws IOException {
        try {
            if (created == null) {
                created = create();
                created.start();
            } else if (!created.isRunning()) {
                created.getDockerClient()
                        .startContainerCmd(created.getContainerId())
                        .exec();
            }
        } catch (RuntimeException e) {
            throw new IOException(image.name() + " can't start on 127.0.0.1:" + port + ": " + e.getMessage(), e);
        }
    }

    private GenericContainer<?> create() throws IOException {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            throw new IOException("no container engine answers: test without the profile `containers`");
        }
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image.name()))
                .withEnv(image.environment())
                .waitingFor(image.ready());
        if (!image.command().isEmpty()) {
            container.withCommand(image.command().toArray(String[]::new));
        }
        // A port of the test's choice: a part that was taken away comes back where it was.
        container.setPortBindings(List.of("127.0.0.1:" + port + ":" + image.port()));
        return container;
    }

    @Override
    public void stop() {
        if (created != null && created.isRunning()) {
            created.getDockerClient().stopContainerCmd(created.getContainerId()).exec();
        }
    }
}
