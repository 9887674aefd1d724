package dev.longhaul.system;

import dev.longhaul.model.ResultChunk;
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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What only an operator sees: the stack's Kafka and PostgreSQL. */
public final class Servers {
    private final Stack stack;
    private final Map<String, String> addresses;

    public Servers(Stack stack) {
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
        return dispatcher(holder);
    }

    /** The name of the dispatcher that holds the one slice of a batch; empty when none does. */
    String holder(Batch batch) throws SQLException, IOException {
        String holder = "";
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(
                        "select holder from slice where batch_id = ? and holder is not null")) {
            statement.setString(1, batch.id());
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    holder = row.getString(1);
                }
            }
        }
        return dispatcher(holder);
    }

    private String dispatcher(String id) throws IOException {
        for (String name : List.of(Tester.DISPATCHER_1, Tester.DISPATCHER_2)) {
            Path log = stack.data().resolve("logs/" + name + ".log");
            if (!id.isEmpty() && Files.readString(log).contains(id)) {
                return name;
            }
        }
        return "";
    }

    /** Breaks the connection by which the holder of a batch's one slice shows that it lives. */
    void breakHolder(Batch batch) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement("""
                        select pg_terminate_backend(l.pid) from slice s join process p on p.id = s.holder
                        join pg_locks l on l.locktype = 'advisory' and l.objid = p.lock_key
                        where s.batch_id = ?""")) {
            statement.setString(1, batch.id());
            statement.execute();
        }
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

    /** Takes all our topics away, as when a Kafka is lost and set up again. */
    void loseTopics() throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(kafka())) {
            List<String> ours = admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith("batch."))
                    .toList();
            admin.deleteTopics(ours).all().get();
        }
    }

    /** The number of records that a topic has ever had. */
    long records(String topic) {
        return ends(topic).values().stream().mapToLong(Long::longValue).sum();
    }

    /** Where a topic ends, by partition. */
    Map<TopicPartition, Long> ends(String topic) {
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(kafka(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<PartitionInfo> partitions = consumer.partitionsFor(topic, Duration.ofMinutes(1));
            Set<TopicPartition> all = new HashSet<>();
            partitions.forEach(partition -> all.add(new TopicPartition(topic, partition.partition())));
            return consumer.endOffsets(all);
        }
    }

    /** How often results of each line of a batch's one slice were written since, whether they counted or not. */
    Map<Integer, Integer> written(Batch batch, Map<TopicPartition, Long> since) {
        Map<Integer, Integer> times = new HashMap<>();
        Map<TopicPartition, Long> ends = ends("batch.results");
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(kafka(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(ends.keySet());
            since.forEach(consumer::seek);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> found : consumer.poll(Duration.ofMillis(100))) {
                    ResultChunk chunk = ResultChunk.decode(found.value());
                    if (chunk.slice().batchId().equals(batch.id())) {
                        chunk.entries().forEach(entry -> times.merge(entry.line(), 1, Integer::sum));
                    }
                }
            }
        }
        return times;
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

    /** Makes it as if a batch's window were over. */
    void endWindow(Batch batch) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement =
                        connection.prepareStatement("update batch set expires_at = now() where id = ?")) {
            statement.setString(1, batch.id());
            statement.executeUpdate();
        }
    }

    /** Whether no dispatcher has a slice of that batch. */
    boolean isHeldByNobody(Batch batch) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(
                        "select count(*) from slice where batch_id = ? and state = 'claimed'")) {
            statement.setString(1, batch.id());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1) == 0;
            }
        }
    }

    /** Makes it as if an upload in parts had run out of time. */
    public void expireUpload(String id) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement =
                        connection.prepareStatement("update upload set expires_at = now() where id = ?")) {
            statement.setString(1, id);
            statement.executeUpdate();
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
