package dev.longhaul.localstack;

import io.minio.GetObjectArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import java.io.ByteArrayInputStream;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Plain clients of the three servers. */
record Clients(String kafka, String postgresUrl, String s3Endpoint) {

    static Clients of(LocalStack stack) {
        return new Clients(stack.kafka(), stack.postgresUrl(), stack.s3Endpoint());
    }

    void createTopic(String topic) throws Exception {
        try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
    }

    void readGroupFromTheStart(String group) throws Exception {
        try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka))) {
            Collection<AlterConfigOp> earliest = List.of(new AlterConfigOp(
                    new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET));
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), earliest))
                    .all()
                    .get();
        }
    }

    void produce(String topic, byte[] value) throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", kafka, "acks", "all", "max.request.size", 24 << 20, "buffer.memory", 64L << 20);
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get();
        }
    }

    List<byte[]> consume(String topic) {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka);
        var partition = new TopicPartition(topic, 0);
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var records = consumer.poll(Duration.ofMinutes(1));
            return Stream.of(records.records(partition))
                    .flatMap(List::stream)
                    .map(record -> record.value())
                    .toList();
        }
    }

    byte[] consumeShared(String topic, String group) {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka, "group.id", group);
        try (var consumer =
                new KafkaShareConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topic));
            var deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
            while (System.nanoTime() < deadline) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    return record.value();
                }
            }
            throw new AssertionError("no record for the share group " + group);
        }
    }

    void sql(String statement) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:" + postgresUrl, "longhaul", "longhaul")) {
            connection.createStatement().execute(statement);
        }
    }

    String ask(String query) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:" + postgresUrl, "longhaul", "longhaul");
                var rows = connection.createStatement().executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    void put(String bucket, String name, String text) throws Exception {
        try (var s3 = s3()) {
            s3.makeBucket(MakeBucketArgs.builder().bucket(bucket).build());
            s3.putObject(PutObjectArgs.builder().bucket(bucket).object(name).stream(
                            new ByteArrayInputStream(text.getBytes()), text.length(), -1)
                    .build());
        }
    }

    String get(String bucket, String name) throws Exception {
        try (var s3 = s3();
                var object = s3.getObject(
                        GetObjectArgs.builder().bucket(bucket).object(name).build())) {
            return new String(object.readAllBytes());
        }
    }

    private MinioClient s3() {
        return MinioClient.builder()
                .endpoint(s3Endpoint)
                .region("us-east-1")
                .credentials(S3Process.ACCESS_KEY, S3Process.SECRET_KEY)
                .build();
    }
}
