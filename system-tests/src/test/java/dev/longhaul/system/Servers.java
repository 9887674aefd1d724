package dev.longhaul.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What only an operator sees: the stack's Kafka and PostgreSQL. */
final class Servers {
    private final Stack stack;
    private final Map<String, String> addresses;

    Servers(Stack stack) {
        this.stack = stack;
        this.addresses = stack.variables();
    }

    /** The name of the process that leads the schedule; empty when none does. */
    String schedulerLeader() throws SQLException, IOException {
        String holder = "";
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("select holder from lease where name = 'scheduler' and until > now()")) {
            if (row.next()) {
                holder = row.getString(1);
            }
        }
        for (String name : List.of(Tester.DISPATCHER_1, Tester.DISPATCHER_2)) {
            Path log = stack.data().resolve("logs/" + name + ".log");
            if (!holder.isEmpty() && Files.readString(log).contains(holder)) {
                return name;
            }
        }
        return "";
    }

    /** Writes one record that nobody can read to each partition of a topic. */
    void poison(String topic) {
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (PartitionInfo partition : producer.partitionsFor(topic)) {
                producer.send(new ProducerRecord<>(topic, partition.partition(), null, new byte[] {99, 1, 2, 3}));
            }
        }
    }

    /** Takes all records out of a topic. */
    void empty(String topic) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(kafka())) {
            Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
            ends(topic).forEach((partition, end) -> all.put(partition, RecordsToDelete.beforeOffset(end)));
            admin.deleteRecords(all).all().get();
        }
    }

    /** The number of records that a topic has ever had. */
    long records(String topic) {
        return ends(topic).values().stream().mapToLong(Long::longValue).sum();
    }

    private Map<TopicPartition, Long> ends(String topic) {
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(kafka(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<PartitionInfo> partitions = consumer.partitionsFor(topic, Duration.ofSeconds(10));
            Set<TopicPartition> all = new HashSet<>();
            partitions.forEach(partition -> all.add(new TopicPartition(topic, partition.partition())));
            return consumer.endOffsets(all);
        }
    }

    /** The rows that a batch has of slices and of its files' segments. */
    long rows(Batch batch) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement("""
                        select (select count(*) from slice where batch_id = b.id)
                          + (select count(*) from file_segment where file_id in (b.output_ref, b.error_ref, b.input_file_id))
                        from batch b where id = ?""")) {
            statement.setString(1, batch.id());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", address("LONGHAUL_KAFKA"));
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:" + address("LONGHAUL_POSTGRES_URL"),
                address("LONGHAUL_POSTGRES_USER"),
                address("LONGHAUL_POSTGRES_PASSWORD"));
    }

    private String address(String variable) {
        String value = addresses.get(variable);
        if (value == null) {
            throw new IllegalStateException("env says no " + variable + ": " + addresses.keySet());
        }
        return value;
    }
}
