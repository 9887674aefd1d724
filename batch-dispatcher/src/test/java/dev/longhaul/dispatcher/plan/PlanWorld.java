package dev.longhaul.dispatcher.plan;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.longhaul.dispatcher.DispatcherTester;
import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.dispatcher.backend.ModelMemory;
import dev.longhaul.dispatcher.backend.ModelServer;
import dev.longhaul.store.Database;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.ObjectStoreConfig;
import dev.longhaul.store.OutboxSignal;
import dev.longhaul.store.Transitions;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Planning in a database of its own, with one backend and an S3 server that has no object and answers as it is told: nobody else plans
 * there.
 */
final class PlanWorld implements AutoCloseable {
    private static @Nullable Database shared;

    private final HttpServer s3;
    private final CountDownLatch closed = new CountDownLatch(1);
    private int batches;

    final ModelServer backend = new ModelServer();
    final Database database;
    final PlanClaims claims;
    final PlanStore store;
    final FileSegments files;
    volatile boolean s3Hangs;

    PlanWorld(Vertx vertx) throws IOException {
        database = emptyDatabase(vertx);
        s3 = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        s3.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        s3.createContext("/", this::answer);
        s3.start();
        claims = new PlanClaims(database);
        store = new PlanStore(database, new Transitions(new OutboxSignal(database)));
        files = new FileSegments(
                database,
                new ObjectStore(new S3("http://127.0.0.1:" + s3.getAddress().getPort())));
    }

    /** Made once: its migrations take longer than most tests. */
    private static synchronized Database emptyDatabase(Vertx vertx) {
        Database made = shared;
        if (made == null) {
            made = DispatcherTester.get().newDatabase(vertx);
            shared = made;
        }
        made.run("truncate batch, slice, file, file_segment, process, outbox, backend_model cascade");
        return made;
    }

    private record S3(String endpoint) implements ObjectStoreConfig {
        @Override
        public String region() {
            return "us-east-1";
        }

        @Override
        public String bucket() {
            return "longhaul";
        }

        @Override
        public String accessKey() {
            return "longhaul";
        }

        @Override
        public String secretKey() {
            return "longhaul";
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        if (s3Hangs) {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        byte[] body = "<Error><Code>NoSuchKey</Code><Message>none</Message></Error>".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/xml");
        exchange.sendResponseHeaders(404, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    void stopS3() {
        s3.stop(0);
    }

    PlanJob.Means means(Backends backends) {
        return new PlanJob.Means(
                claims, store, files, backends, memory(backends), new InputPlanner(PlanLimits.DEFAULT));
    }

    ModelMemory memory(Backends backends) {
        return ModelServer.memory(database, backends);
    }

    /** A batch to plan, its file kept in PostgreSQL. */
    String inline(String tenant, String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        return insert(tenant, bytes.length, Buffer.buffer(bytes), null);
    }

    /** A batch to plan, its file in S3. */
    String inS3(String tenant, long bytes) {
        return insert(tenant, bytes, null, "gone");
    }

    private String insert(String tenant, long bytes, @Nullable Buffer inline, @Nullable String key) {
        String id = "batch_%032d".formatted(++batches);
        String file = "file-" + id;
        database.run("""
                insert into file (id, tenant_id, filename, purpose, bytes, state) values ($1, $2, 'f', 'batch', $3, 'ready')""", file, tenant, bytes);
        database.run(
                "insert into file_segment (file_id, seq, bytes, inline, object_key) values ($1, 0, $2, $3, $4)",
                file,
                bytes,
                inline,
                key);
        database.run("""
                insert into batch (id, tenant_id, job_id, input_file_id, input_bytes, endpoint, completion_window, expires_at,
                  output_ref, error_ref, results_partition)
                values ($1, $2, 'j', $3, $4, $5, '24h', now() + interval '24 h', 'o', 'e', 0)""", id, tenant, file, bytes, PlanTester.CHAT);
        return id;
    }

    /** One claim of all that there is room for. */
    List<PlanStore.Claimed> claim(PlanLane lane, int slots, String after) {
        return claims.claim("planner", List.of(new PlanClaims.Room(lane, slots, after)));
    }

    /** Plans all that is due, once each. */
    void planAll(Backends backends, Duration unreadableAfter) {
        PlanAttempts attempts = new PlanAttempts(means(backends), unreadableAfter);
        for (PlanLane lane : PlanLane.values()) {
            claim(lane, 100, "").forEach(attempts::run);
        }
    }

    /** Columns of a batch as text, joined by {@code |}. */
    String batch(String columns, String id) {
        Row row = database.run("select " + columns + " from batch where id = $1", id)
                .iterator()
                .next();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            texts.add(String.valueOf(row.getValue(i)));
        }
        return String.join("|", texts);
    }

    /** Its status and the code of its first error. */
    String outcome(String id) {
        return batch("status, errors -> 'data' -> 0 ->> 'code'", id);
    }

    @Override
    public void close() {
        closed.countDown();
        s3.stop(0);
        backend.close();
    }
}
