package dev.longhaul.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longhaul.localstack.LocalStack;
import dev.longhaul.localstack.Part;
import dev.longhaul.model.Ids;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.SliceId;
import dev.longhaul.model.Topics;
import dev.longhaul.sim.Simulator;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.vertx.core.Vertx;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** Kafka, PostgreSQL and three backends for the service tests of this JVM, and what tests want of them in few words. */
@SuppressWarnings("NullAway.Init") // set by start()
public final class DispatcherTester implements QuarkusTestResourceLifecycleManager {
    /** A simulator that misbehaves as it is told. */
    public static final String SIM = "sim-chat";
    /** A backend that records what it gets and answers as {@link #answer} says. */
    public static final String FAKE = "fake";
    /** Nobody listens there until {@link #startLate}; one attempt a line. */
    public static final String LATE = "late";
    /** A model of both the fake and the late backend. */
    public static final String SHARED = "shared";
    /** A model for chat at one backend, and for embeddings at another, which is where the late one is. */
    public static final String SPLIT = "split";
    /** A model that no backend serves: its slices stay where they are put. */
    public static final String NOBODY = "nobody";

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static @Nullable DispatcherTester shared;

    static {
        // A test that waits for what must come is no measure of speed.
        Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    }

    private LocalStack stack;
    private Simulator sim;
    private HttpServer fake;
    private int latePort;
    private KafkaProducer<byte[], byte[]> producer;
    private KafkaConsumer<byte[], byte[]> consumer;
    /** What was read of each topic so far. */
    private final Map<String, List<ConsumerRecord<byte[], byte[]>>> records = new HashMap<>();
    /** Bodies that the fake backend got. */
    public final List<String> bodies = new CopyOnWriteArrayList<>();
    /** Names of headers that the fake backend got. */
    public final Set<String> headers = ConcurrentHashMap.newKeySet();
    /** How the fake backend answers. */
    public volatile Answerer answerer = (exchange, body) -> reply(exchange, 200, "{\"echo\":true}");

    /** How the fake backend answers when it is asked for its models. */
    public volatile int listStatus = 404;

    /** How a backend answers one call. */
    public interface Answerer {
        void answer(HttpExchange exchange, String body) throws IOException;
    }

    /** The one of this JVM. */
    public static DispatcherTester get() {
        DispatcherTester running = shared;
        if (running == null) {
            throw new IllegalStateException("the stack is not started");
        }
        return running;
    }

    @Override
    public Map<String, String> start() {
        try {
            stack = LocalStack.start(Files.createTempDirectory(Path.of("target"), "stack-"), Part.KAFKA, Part.POSTGRES);
            sim = Simulator.start();
            fake = serve(0);
            latePort = freePort();
            migrate();
            topics();
            Map<String, Object> kafka = Map.of("bootstrap.servers", stack.kafka());
            producer = new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
            consumer = new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        shared = this;
        Map<String, String> settings = new HashMap<>(stack.environment());
        settings.put("quarkus.http.test-port", "0");
        settings.put("quarkus.log.category.\"kafka\".level", "WARN");
        settings.put("longhaul.dispatcher.slice-lines", "100");
        settings.put("longhaul.dispatcher.unreadable-after", "2s");
        settings.put("longhaul.dispatcher.answer-bytes", "262144");
        backend(settings, "sim", sim.url() + "/v1", SIM, 16, 3, "1s");
        backend(
                settings,
                "fake",
                "http://127.0.0.1:" + fake.getAddress().getPort() + "/v1",
                FAKE + "," + SHARED,
                8,
                3,
                "60s");
        settings.put("longhaul.backends.fake.rename.alias", "org/\"real\"-model");
        backend(settings, "late", "http://127.0.0.1:" + latePort + "/v1", LATE + "," + SHARED, 8, 1, "60s");
        settings.put("longhaul.backends.fake.default-for", "/v1/moderations");
        settings.put("longhaul.backends.fake.refuse-fields", "cache_salt");
        backend(settings, "talker", "http://127.0.0.1:" + fake.getAddress().getPort() + "/v1", SPLIT, 8, 1, "10s");
        settings.put("longhaul.backends.talker.endpoints", "/v1/chat/completions,/v1/completions");
        backend(settings, "embedder", "http://127.0.0.1:" + latePort + "/v1", SPLIT, 8, 1, "10s");
        settings.put("longhaul.backends.embedder.endpoints", "/v1/embeddings");
        return settings;
    }

    private static void backend(
            Map<String, String> settings,
            String name,
            String url,
            String model,
            int most,
            int attempts,
            String timeout) {
        String prefix = "longhaul.backends." + name + ".";
        settings.put(prefix + "url", url);
        settings.put(prefix + "models", model);
        settings.put(prefix + "max-in-flight", String.valueOf(most));
        settings.put(prefix + "attempts", String.valueOf(attempts));
        settings.put(prefix + "timeout", timeout);
        settings.put(prefix + "max-answer-bytes", "1000000");
    }

    private HttpServer serve(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/models", exchange -> reply(exchange, listStatus, "{}"));
        server.createContext("/v1/chat/completions", this::answer);
        server.createContext("/v1/moderations", this::answer);
        server.start();
        return server;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        bodies.add(body);
        headers.addAll(exchange.getRequestHeaders().keySet());
        answerer.answer(exchange, body);
    }

    /** Waits for results of so many lines, and sees that no line has two. */
    public List<Result> resultsOf(String batch, int lines) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(results(batch)).hasSizeGreaterThanOrEqualTo(lines));
        List<Result> results = results(batch);
        assertThat(results).extracting(Result::line).doesNotHaveDuplicates().hasSize(lines);
        return results;
    }

    /** Why the dispatcher says that a model cannot be called; empty when it can. */
    public String trouble(String model) {
        return String.join(
                ",",
                rows(
                        "select t.key from process p, jsonb_each(p.troubled) t"
                                + " where p.kind = 'dispatcher' and p.lease_until > now() and t.value @> to_jsonb(?::text)",
                        model));
    }

    /** Ends an exchange. */
    public static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** Whether a call came to the backend that listens late, not to the fake one. */
    public boolean isLate(HttpExchange exchange) {
        return exchange.getLocalAddress().getPort() == latePort;
    }

    /** Somebody listens where nobody did, and answers for embeddings too, as the others do not. */
    public HttpServer startLate() throws IOException {
        HttpServer late = serve(latePort);
        late.createContext("/v1/embeddings", this::answer);
        return late;
    }

    /** Starts a part of the stack that is not there from the start. */
    public void start(Part part) throws IOException {
        stack.start(part);
    }

    /** Takes it away. */
    public void stop(Part part) throws IOException {
        stack.stop(part);
    }

    /** Where the late backend is expected, for whoever wants to stand there. */
    public int latePort() {
        return latePort;
    }

    /** Somebody else who answers as the others do, behind a gateway say; at any free port when that is 0. */
    public HttpServer replica(int port) throws IOException {
        return serve(port);
    }

    /** Below the range of outgoing connections: one of those could take the port, or even connect to itself. */
    private static int freePort() throws IOException {
        for (int port = 31_000 + (int) (ProcessHandle.current().pid() % 1_000); ; port++) {
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (BindException e) {
                continue;
            }
        }
    }

    private void migrate() {
        Flyway.configure()
                .dataSource("jdbc:" + stack.postgresUrl(), stack.postgresUser(), stack.postgresUser())
                .load()
                .migrate();
        sql("insert into tenant (id, name) values ('t1', 't1'), ('t2', 't2')");
        sql("insert into job (tenant_id, id, is_default) values ('t1', 'j', true), ('t2', 'j', true)");
        sql("insert into results_partition (partition) values (0)");
    }

    private void topics() throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", stack.kafka()))) {
            admin.createTopics(List.of(
                            new NewTopic(Topics.EVENTS, 1, (short) 1),
                            new NewTopic(Topics.SLICES, 1, (short) 1),
                            new NewTopic(Topics.deadLetter(Topics.SLICES), 1, (short) 1),
                            new NewTopic(Topics.RESULTS, 1, (short) 1)
                                    .configs(Map.of("max.message.bytes", "20971520"))))
                    .all()
                    .get();
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.GROUP, Topics.SLICES_GROUP),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    @Override
    public void stop() {
        try {
            fake.stop(0);
            sim.close();
            producer.close();
            consumer.close();
            stack.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs statements that return nothing. */
    public void sql(String sql, @Nullable Object... parameters) {
        try (Connection connection = connection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, parameters);
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first row of a query as text, columns joined by {@code |}; empty when there is none. */
    public String row(String sql, Object... parameters) {
        List<String> rows = rows(sql, parameters);
        return rows.isEmpty() ? "" : rows.getFirst();
    }

    /** The rows of a query as text. */
    public List<String> rows(String sql, Object... parameters) {
        try (Connection connection = connection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, parameters);
            List<String> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    List<String> columns = new ArrayList<>();
                    for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                        columns.add(String.valueOf(found.getString(i)));
                    }
                    rows.add(String.join("|", columns));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void set(PreparedStatement statement, @Nullable Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
    }

    /** A schema of its own as the product makes it, with two tenants, so that what a test does there meets nobody else. */
    public CountingDatabase newDatabase(Vertx vertx) {
        String schema = "test_" + UUID.randomUUID().toString().replace("-", "");
        Flyway.configure()
                .dataSource("jdbc:" + stack.postgresUrl(), stack.postgresUser(), stack.postgresUser())
                .defaultSchema(schema)
                .load()
                .migrate();
        Pool pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(8))
                .connectingTo(PgConnectOptions.fromUri(stack.postgresUrl())
                        .setUser(stack.postgresUser())
                        .setPassword(stack.postgresUser())
                        .addProperty("search_path", schema))
                .using(vertx)
                .build();
        CountingDatabase database = new CountingDatabase(pool);
        database.run("insert into tenant (id, name) values ('t1', 't1'), ('t2', 't2')");
        database.run("insert into job (tenant_id, id, is_default) values ('t1', 'j', true), ('t2', 'j', true)");
        database.run("insert into results_partition (partition) values (0)");
        return database;
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection("jdbc:" + stack.postgresUrl(), stack.postgresUser(), stack.postgresUser());
    }

    /** A chat request line. */
    public static String line(String id, String model, String text) {
        return "{\"custom_id\":\"" + id + "\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":"
                + body(model, text) + "}";
    }

    /** The body of such a line. */
    public static String body(String model, String text) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
    }

    /** A batch to plan, its file in one row. */
    public String batch(String tenant, List<String> lines) {
        String id = insertBatch(tenant, String.join("\n", lines) + "\n", "validating", null);
        announce(id);
        return id;
    }

    /** The identity of the dispatcher under test, once it has one. */
    public String dispatcher() {
        return Awaitility.await("the dispatcher is registered")
                .until(() -> row("select id from process where kind = 'dispatcher' limit 1"), id -> !id.isEmpty());
    }

    /** A batch to plan with some columns set before anybody sees it. */
    public String batch(String tenant, List<String> lines, String assignments) {
        String id = heldBatch(tenant, lines);
        release(id, assignments);
        return id;
    }

    /** A batch that the dispatcher does not plan until it is released: somebody who lives is named as its planner. */
    public String heldBatch(String tenant, List<String> lines) {
        sql("insert into process (id, kind, lease_until) values ('test-planner', 'test', now() + interval '1 h')"
                + " on conflict do nothing");
        return insertBatch(tenant, String.join("\n", lines) + "\n", "validating", "test-planner");
    }

    /** Lets a held batch be planned, with some columns set before. */
    public void release(String id, String assignments) {
        sql("update batch set plan_holder = null, plan_lease_until = null, " + assignments + " where id = ?", id);
        announce(id);
    }

    /** The event by which the API wakes planners. */
    private void announce(String id) {
        String event = "{\"data\":{\"id\":\"" + id + "\",\"status\":\"validating\"}}";
        produce(Topics.EVENTS, event.getBytes(StandardCharsets.UTF_8));
    }

    private String insertBatch(String tenant, String text, String status, @Nullable String planner) {
        String id = Ids.newBatchId(System.currentTimeMillis());
        String file = "file-" + id;
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sql(
                "insert into file (id, tenant_id, filename, purpose, bytes, state) values (?, ?, 'f', 'batch', ?, 'ready')",
                file,
                tenant,
                bytes.length);
        sql("insert into file_segment (file_id, seq, bytes, inline) values (?, 0, ?, ?)", file, bytes.length, bytes);
        sql(
                """
                insert into batch (id, tenant_id, job_id, input_file_id, input_bytes, endpoint, completion_window, expires_at,
                  output_ref, error_ref, results_partition, status, lines_total, in_progress_at, plan_holder, plan_lease_until,
                  tfy_headers)
                values (?, ?, 'j', ?, ?, '/v1/chat/completions', '24h', now() + interval '24 h', 'o', 'e', 0, ?, ?,
                  case when ? = 'in_progress' then now() end, ?::text,
                  case when ?::text is not null then now() + interval '1 h' end, '{"x-tfy-metadata":"{}"}')
                """,
                id,
                tenant,
                file,
                bytes.length,
                status,
                status.equals("in_progress") ? text.lines().count() : 0,
                status,
                planner,
                planner);
        return id;
    }

    /** A planned batch of one slice, in that state. */
    public SliceId slice(List<String> lines, String model, String columns, String values) {
        String text = String.join("\n", lines) + "\n";
        String batch = insertBatch("t1", text, "in_progress", null);
        sql(
                "insert into slice (batch_id, seq, byte_offset, byte_length, first_line, line_count, model, " + columns
                        + ") values (?, 0, 0, ?, 1, ?, ?, " + values + ")",
                batch,
                text.getBytes(StandardCharsets.UTF_8).length,
                lines.size(),
                model);
        return new SliceId(batch, 0);
    }

    /** Sets the simulator's faults. */
    public void faults(String json) {
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(sim.url() + "/admin/faults"))
                                    .PUT(HttpRequest.BodyPublishers.ofString(json))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer.body());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One line's result as a finalizer gets it. */
    public record Result(long line, String outcome, String text) {}

    /** All results of a batch that are in Kafka now, in the order of the log; repeats included. */
    public List<Result> results(String batchId) {
        List<Result> results = new ArrayList<>();
        Map<Integer, Long> firstLines = rows("select seq, first_line from slice where batch_id = ?", batchId).stream()
                .map(row -> row.split("\\|"))
                .collect(Collectors.toMap(row -> Integer.valueOf(row[0]), row -> Long.valueOf(row[1])));
        for (ConsumerRecord<byte[], byte[]> record : records(Topics.RESULTS)) {
            ResultChunk chunk = ResultChunk.decode(record.value());
            if (!chunk.slice().batchId().equals(batchId)) {
                continue;
            }
            for (ResultChunk.Entry entry : chunk.entries()) {
                ByteBuffer from = entry.outcome().kind() == dev.longhaul.model.ResultKind.OUTPUT
                        ? chunk.output()
                        : chunk.errors();
                byte[] text = new byte[entry.length()];
                from.get(text);
                results.add(new Result(
                        firstLines.getOrDefault(chunk.slice().seq(), 0L) + entry.line(),
                        entry.outcome().name(),
                        strictly(text)));
            }
        }
        return results;
    }

    /** The text of one line of a result file, which the strictest of clients can read: valid UTF-8, one object, one line feed. */
    private static String strictly(byte[] line) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            new JsonObject(text);
            if (text.indexOf('\n') != text.length() - 1) {
                throw new AssertionError("not one line: " + text);
            }
            return text.strip();
        } catch (CharacterCodingException | DecodeException e) {
            throw new AssertionError("no line of JSON: " + new String(line, StandardCharsets.UTF_8), e);
        }
    }

    /** All records of a topic with one partition. */
    public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        synchronized (records) {
            TopicPartition partition = new TopicPartition(topic, 0);
            List<ConsumerRecord<byte[], byte[]>> known = records.computeIfAbsent(topic, any -> new ArrayList<>());
            consumer.assign(List.of(partition));
            consumer.seek(partition, known.isEmpty() ? 0 : known.getLast().offset() + 1);
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(known::add);
            }
            return List.copyOf(known);
        }
    }

    /** Writes a record and waits for its acknowledgement. */
    public void produce(String topic, byte[] value) {
        try {
            producer.send(new ProducerRecord<>(topic, 0, null, value)).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
