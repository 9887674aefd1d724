package dev.longhaul.finalizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.longhaul.localstack.LocalStack;
import dev.longhaul.localstack.Part;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.Ids;
import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.ObjectKeys;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.SliceId;
import dev.longhaul.model.Topics;
import dev.longhaul.model.Usage;
import dev.longhaul.store.Database;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.ObjectStoreConfig;
import dev.longhaul.store.OutboxSignal;
import dev.longhaul.store.PostgresPool;
import dev.longhaul.store.Transitions;
import dev.longhaul.store.kafka.TopicSetup;
import dev.longhaul.store.kafka.TopicsConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** One embedded stack for all service tests of this JVM, and finalizers, batches and chunks by the line. */
public final class FinalizerTester {
    static final int PARTITIONS = 2;
    private static @Nullable FinalizerTester shared;

    static {
        // A test that waits for what must come is no measure of speed.
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    }

    final LocalStack stack;
    final Pool pool;
    public final Database database;
    final ObjectStore objects;
    final FileSegments files;
    private final Transitions transitions;
    private final KafkaProducer<byte[], byte[]> producer;

    private FinalizerTester() throws Exception {
        stack = LocalStack.start(Files.createTempDirectory(Path.of("target"), "stack-"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly()));
        pool = PostgresPool.create(
                Vertx.vertx(),
                new PoolOptions().setMaxSize(12),
                List.of(PgConnectOptions.fromUri(stack.postgresUrl())
                        .setUser(stack.postgresUser())
                        .setPassword(stack.postgresUser())
                        .setCachePreparedStatements(true)),
                "finalizer-test",
                Duration.ofSeconds(30));
        database = new Database(pool);
        migrate();
        SmallRyeConfig config = config(stack.systemProperties(), ObjectStoreConfig.class);
        objects = new ObjectStore(config.getConfigMapping(ObjectStoreConfig.class));
        objects.ensureBucket();
        files = new FileSegments(database, objects);
        transitions = new Transitions(new OutboxSignal(database));
        topics().ensure();
        Map<String, Object> settings = kafka();
        settings.put("key.serializer", ByteArraySerializer.class);
        settings.put("value.serializer", ByteArraySerializer.class);
        settings.put("acks", "all");
        settings.put("max.request.size", 20971520);
        producer = new KafkaProducer<>(settings);
        database.run("insert into tenant (id, name) values ('t', 't')");
        database.run("insert into job (tenant_id, id, is_default) values ('t', 'job-t', true)");
    }

    public static synchronized FinalizerTester shared() {
        FinalizerTester tester = shared;
        if (tester == null) {
            try {
                tester = new FinalizerTester();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            shared = tester;
        }
        return tester;
    }

    private void deleteQuietly() {
        try {
            stack.close();
        } catch (IOException e) {
            System.err.println(e);
        }
    }

    private void migrate() {
        Flyway.configure()
                .dataSource("jdbc:" + stack.postgresUrl(), stack.postgresUser(), stack.postgresUser())
                .load()
                .migrate();
    }

    static SmallRyeConfig config(Map<String, String> properties, Class<?> mapping) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(mapping)
                .withMappingIgnore("longhaul.**")
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .build();
    }

    public Map<String, Object> kafka() {
        return new HashMap<>(Map.of("bootstrap.servers", stack.kafka()));
    }

    /** What creates the topics, with as many partitions of results as the tests know. */
    public TopicSetup topics() {
        return new TopicSetup(kafka(), topicsConfig(Map.of("longhaul.topics.results-partitions", "" + PARTITIONS)));
    }

    public static TopicsConfig topicsConfig(Map<String, String> properties) {
        return config(properties, TopicsConfig.class).getConfigMapping(TopicsConfig.class);
    }

    /** A finalizer with quick settings for tests, changed by the given ones (pairs of name and value); not started yet. */
    Finalizer finalizer(String... settings) {
        return finalizer(database, settings);
    }

    /** One on another database object. */
    Finalizer finalizer(Database database, String... settings) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "longhaul.finalizer.instance", "test",
                "longhaul.finalizer.settle-every", "200ms",
                "longhaul.finalizer.checkpoint-every", "200ms"));
        for (int i = 0; i < settings.length; i += 2) {
            properties.put("longhaul.finalizer." + settings[i], settings[i + 1]);
        }
        FinalizerConfig config = config(properties, FinalizerConfig.class).getConfigMapping(FinalizerConfig.class);
        return new Finalizer(config, config.instance().orElse("test"), kafka(), database, objects, transitions);
    }

    /** A batch in progress with slices of so many lines, each claimed. */
    TestBatch batch(int partition, int... sliceLines) {
        String id = Ids.newBatchId(System.currentTimeMillis());
        String input = Ids.newFileId(System.currentTimeMillis());
        StringBuilder lines = new StringBuilder();
        List<Integer> lengths = new ArrayList<>();
        int line = 0;
        for (int count : sliceLines) {
            int before = lines.length();
            for (int i = 0; i < count; i++) {
                lines.append(
                        "{\"custom_id\": \"c-%d\", \"method\": \"POST\", \"url\": \"/v1/embeddings\", \"body\": {\"model\":\"m\"}}\n"
                                .formatted(line++));
            }
            lengths.add(lines.length() - before);
        }
        byte[] bytes = lines.toString().getBytes(UTF_8);
        database.inTransaction(transaction -> {
            transaction.run(
                    "insert into file (id, tenant_id, filename, purpose, bytes, state) values ($1, 't', 'in.jsonl', 'batch', $2, 'ready')",
                    input,
                    (long) bytes.length);
            transaction.run(
                    "insert into file_segment (file_id, seq, bytes, inline) values ($1, 0, $2, $3)",
                    input,
                    (long) bytes.length,
                    Buffer.buffer(bytes));
            transaction.run("""
                    insert into batch (id, tenant_id, job_id, input_file_id, endpoint, completion_window, status, expires_at,
                      in_progress_at, output_ref, error_ref, results_partition, lines_total)
                    values ($1, 't', 'job-t', $2, '/v1/embeddings', '24h', 'in_progress', now() + interval '1 day',
                      now(), 'file-out' || $1, 'file-err' || $1, $3, $4)""", id, input, partition, (long) line(sliceLines));
            int offset = 0;
            int first = 1;
            for (int seq = 0; seq < sliceLines.length; seq++) {
                transaction.run("""
                        insert into slice (batch_id, seq, byte_offset, byte_length, first_line, line_count, state, claim, holder)
                        values ($1, $2, $3, $4, $5, $6, 'claimed', 1, 'dispatcher-1')""", id, seq, (long) offset, lengths.get(seq), (long) first, sliceLines[seq]);
                offset += lengths.get(seq);
                first += sliceLines[seq];
            }
            return id;
        });
        return new TestBatch(id, partition, sliceLines.clone());
    }

    private static int line(int... sliceLines) {
        int sum = 0;
        for (int count : sliceLines) {
            sum += count;
        }
        return sum;
    }

    /** A batch of the test's. */
    final class TestBatch {
        final String id;
        final int partition;
        final int[] sliceLines;

        TestBatch(String id, int partition, int[] sliceLines) {
            this.id = id;
            this.partition = partition;
            this.sliceLines = sliceLines;
        }

        /** The result line that {@link #produce} makes for a line. */
        String line(int seq, int line) {
            return "{\"line\":\"" + seq + "." + line + "\"}\n";
        }

        long produce(int seq, LineOutcome outcome, int... lines) {
            return produce(seq, outcome, line -> line(seq, line), lines);
        }

        /** Sends one chunk and answers its offset. */
        long produce(int seq, LineOutcome outcome, IntFunction<String> text, int... lines) {
            return send(partition, chunk(seq, outcome, text, lines));
        }

        byte[] chunk(int seq, LineOutcome outcome, IntFunction<String> text, int... lines) {
            List<ResultChunk.Entry> entries = new ArrayList<>();
            StringBuilder bytes = new StringBuilder();
            for (int line : lines) {
                String encoded = text.apply(line);
                bytes.append(encoded);
                entries.add(new ResultChunk.Entry(line, outcome, encoded.length(), new Usage(1, 0, 2, 0, 3)));
            }
            ByteBuffer full = ByteBuffer.wrap(bytes.toString().getBytes(UTF_8));
            ByteBuffer none = ByteBuffer.allocate(0);
            boolean served = outcome == LineOutcome.COMPLETED;
            ResultChunk chunk =
                    new ResultChunk(new SliceId(id, seq), 1, entries, served ? full : none, served ? none : full);
            return chunk.encode();
        }

        Row row() {
            return database.run("select * from batch where id = $1", id)
                    .iterator()
                    .next();
        }

        BatchStatus status() {
            return BatchStatus.ofWireName(row().getString("status"));
        }

        void awaitStatus(BatchStatus status) {
            await("batch " + id + " to be " + status)
                    .pollInterval(Duration.ofMillis(20))
                    .until(this::status, status::equals);
        }

        /** Cancels it. */
        void cancel() {
            database.run(
                    "update batch set status = 'cancelling', cancelling_at = now(), stop_reason = 'cancelled', stop_at = now(),"
                            + " version = version + 1 where id = $1",
                    id);
        }

        /** Has every slice wait for somebody. */
        void setPending() {
            database.run("update slice set state = 'pending', holder = null where batch_id = $1", id);
        }

        /** Moves the input to S3; returns its bytes and, as the object is not written, leaves it missing. */
        Input moveInput() {
            Row segment = database.run(
                            "select file_id, inline from file_segment"
                                    + " where file_id = (select input_file_id from batch where id = $1)",
                            id)
                    .iterator()
                    .next();
            String key = ObjectKeys.fileSegment(segment.getString("file_id"), 0);
            database.run(
                    "update file_segment set inline = null, object_key = $2 where file_id = $1",
                    segment.getString("file_id"),
                    key);
            return new Input(key, segment.getBuffer("inline").getBytes());
        }

        String output() {
            return content("file-out" + id);
        }

        String errors() {
            return content("file-err" + id);
        }

        Row slice(int seq) {
            return database.run("select * from slice where batch_id = $1 and seq = $2", id, seq)
                    .iterator()
                    .next();
        }
    }

    /** The object that an input should be. */
    final class Input {
        final String key;
        private final byte[] bytes;

        Input(String key, byte[] bytes) {
            this.key = key;
            this.bytes = bytes;
        }

        void write() {
            objects.put(key, bytes, bytes.length);
        }

        /** Makes it two objects, of which only the second is written. */
        void split(int first) {
            byte[] rest = Arrays.copyOfRange(bytes, first, bytes.length);
            database.run("update file_segment set bytes = $2 where object_key = $1", key, (long) first);
            database.run(
                    "insert into file_segment (file_id, seq, bytes, object_key)"
                            + " select file_id, 1, $2, $1 || 'b' from file_segment where object_key = $1",
                    key,
                    (long) rest.length);
            objects.put(key + "b", rest, rest.length);
        }
    }

    long send(int partition, byte[] value) {
        try {
            return producer.send(new ProducerRecord<>(Topics.RESULTS, partition, null, value))
                    .get(20, TimeUnit.SECONDS)
                    .offset();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private String content(String fileId) {
        try (InputStream in = files.open(files.of(fileId), 0, Long.MAX_VALUE / 2)) {
            return strictly(in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The text of a result file, which the strictest of clients can read: valid UTF-8, one object a line, each ended by a line feed. */
    private static String strictly(byte[] content) throws CharacterCodingException {
        String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        if (!text.isEmpty() && !text.endsWith("\n")) {
            throw new IllegalStateException("no line feed at the end of " + text);
        }
        text.lines().forEach(JsonObject::new);
        return text;
    }

    long count(String sql, Object... parameters) {
        return database.run(sql, parameters).iterator().next().getLong(0);
    }

    List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        Map<String, Object> settings = kafka();
        settings.put("key.deserializer", ByteArrayDeserializer.class);
        settings.put("value.deserializer", ByteArrayDeserializer.class);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings)) {
            TopicPartition partition = new TopicPartition(Topics.deadLetter(Topics.RESULTS), 0);
            consumer.assign(Set.of(partition));
            consumer.seekToBeginning(Set.of(partition));
            List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
            long end = consumer.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            }
            return found;
        }
    }

    void stop(Part part) {
        try {
            stack.stop(part);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    void start(Part part) {
        try {
            stack.start(part);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
