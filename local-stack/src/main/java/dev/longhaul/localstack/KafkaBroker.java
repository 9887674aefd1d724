package dev.longhaul.localstack;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/** A Kafka node in this JVM, broker and controller in one, with its topics in a directory. */
final class KafkaBroker implements LocalServer {
    /**
     * System property, {@code PORT:ADVERTISED}: a second port, and the port of 127.0.0.1 by which clients that come to it
     * are told to come back. A proxy in front of this node needs both.
     */
    private static final String PROXIED = "local-stack.kafka-proxied";

    private static final int NODE = 1;
    private static final int MAX_RECORD_BYTES = 24 << 20;

    private final Path data;
    private final int port;
    private @Nullable KafkaRaftServer running;

    KafkaBroker(Path data, int port) {
        this.data = data;
        this.port = port;
    }

    @Override
    public void start() throws IOException {
        if (running != null) {
            return;
        }
        Ports.requireFree("Kafka", port);
        format();
        try {
            var server = new KafkaRaftServer(KafkaConfig.fromProps(settings(Ports.free()), false), Time.SYSTEM);
            server.startup();
            running = server;
        } catch (RuntimeException e) {
            throw new IOException(
                    "Kafka can't start on 127.0.0.1:" + port + " with " + data + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void stop() {
        if (running != null) {
            running.shutdown();
            running.awaitShutdown();
            running = null;
        }
    }

    /** Writes the cluster id and the first metadata, once in the life of the directory. */
    private void format() throws IOException {
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        Files.createDirectories(data);
        try {
            new Formatter()
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(NODE)
                    .setControllerListenerName("CONTROLLER")
                    .setMetadataLogDirectory(data.toString())
                    .addDirectory(data.toString())
                    .setIgnoreFormatted(true)
                    .run();
        } catch (Exception e) {
            throw new IOException("Kafka can't format " + data + ": " + e.getMessage(), e);
        }
    }

    private Properties settings(int controllerPort) {
        var settings = settings();
        // The quorum is this node alone, so the controller's port may change from start to start.
        settings.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        settings.put("log.dirs", data.toString());
        var proxied = System.getProperty(PROXIED, "");
        if (!proxied.isEmpty()) {
            var ports = proxied.split(":", 2);
            append(settings, "listeners", "PROXIED://127.0.0.1:" + ports[0]);
            append(settings, "advertised.listeners", "PROXIED://127.0.0.1:" + ports[1]);
            append(settings, "listener.security.protocol.map", "PROXIED:PLAINTEXT");
        }
        return settings;
    }

    private static void append(Properties settings, String name, String more) {
        settings.merge(name, more, (known, added) -> known + "," + added);
    }

    /** The same node in a container: its settings as environment variables of Apache Kafka's image. */
    static Map<String, String> environment(Map<String, String> listeners) {
        var environment = new HashMap<String, String>();
        var settings = settings();
        settings.putAll(listeners);
        settings.forEach((name, value) -> environment.put(
                "KAFKA_" + name.toString().toUpperCase(Locale.ROOT).replace('.', '_'), value.toString()));
        return environment;
    }

    private static Properties settings() {
        var settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", String.valueOf(NODE));
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("auto.create.topics.enable", "false");
        singleNode(settings);
        recordSize(settings);
        quickGroups(settings);
        smallFootprint(settings);
        return settings;
    }

    private static void singleNode(Properties settings) {
        settings.put("default.replication.factor", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        // After a kill the controller waits for the dead broker's session before it takes the new one.
        settings.put("broker.session.timeout.ms", "4000");
        // The first heartbeats bring the broker into service: the default waits two seconds for each.
        settings.put("broker.heartbeat.interval.ms", "200");
    }

    private static void recordSize(Properties settings) {
        var max = String.valueOf(MAX_RECORD_BYTES);
        settings.put("message.max.bytes", max);
        settings.put("replica.fetch.max.bytes", max);
        settings.put("replica.fetch.response.max.bytes", String.valueOf(2 * MAX_RECORD_BYTES));
        settings.put("socket.request.max.bytes", String.valueOf(4 * MAX_RECORD_BYTES));
    }

    /** Consumers come and go all day on a developer's machine: a group must not wait for dead ones. */
    private static void quickGroups(Properties settings) {
        settings.put("group.initial.rebalance.delay.ms", "0");
        for (var kind : new String[] {"group.consumer", "group.share"}) {
            settings.put(kind + ".min.session.timeout.ms", "6000");
            settings.put(kind + ".session.timeout.ms", "6000");
            settings.put(kind + ".min.heartbeat.interval.ms", "500");
            settings.put(kind + ".heartbeat.interval.ms", "1000");
        }
    }

    private static void smallFootprint(Properties settings) {
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.num.partitions", "2");
        settings.put("share.coordinator.state.topic.num.partitions", "4");
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        settings.put("log.cleaner.threads", "1");
        // The default takes 128 MiB of heap on the first clean.
        settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(4 << 20));
        settings.put("metadata.max.idle.interval.ms", "5000");
        settings.put("metric.reporters", "");
    }
}
