package dev.longhaul.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.system.Api;
import dev.longhaul.system.Batch;
import dev.longhaul.system.BatchRows;
import dev.longhaul.system.ChatLines;
import dev.longhaul.system.ResultCheck;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that create small batches and retry until they have an answer. Keeps track of which batches have ended.
 */
final class Traffic implements AutoCloseable {
    /** In seconds, on a machine that is not busy otherwise; includes noticing the failure and doing the lost work again. */
    static final double LONGEST_STALL = 12;

    private static final Duration LAST_LIMIT = Duration.ofMinutes(2);
    private static final int CLIENTS = 16;
    private static final int LARGE_LINES = 120;
    private static final int LARGE_LINE_BYTES = 1_000;
    private static final long RETRY_MILLIS = 200;
    private static final long LOOK_MILLIS = 200;

    private final Rig rig;
    private final Future<Void> watcher;
    private final List<Future<?>> requests = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore clients = new Semaphore(CLIENTS);
    private final AtomicInteger creating = new AtomicInteger();
    private final Queue<Work> created = new ConcurrentLinkedQueue<>();
    private final Map<String, Long> ended = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Traffic(Rig rig) throws SQLException {
        this.rig = rig;
        BatchRows rows = new BatchRows(rig.stack());
        this.watcher = executor.submit(() -> watch(rows));
    }

    /** Creates batches in the background: most have one line, one in ten has a few, one in ten has its input in S3. */
    void burst(int batches, Random random) {
        for (int i = 0; i < batches; i++) {
            start(
                    switch (random.nextInt(10)) {
                        case 0 -> ChatLines.ofBytes(LARGE_LINES, LARGE_LINE_BYTES);
                        case 1 -> ChatLines.of(2 + random.nextInt(20));
                        default -> ChatLines.of(1);
                    });
        }
    }

    /** Creates a batch in the background. */
    void start(ChatLines lines) {
        creating.incrementAndGet();
        requests.add(executor.submit(() -> {
            clients.acquire();
            try {
                String key = UUID.randomUUID().toString();
                String file = insist(api -> api.upload(lines.bytes()));
                String id = insist(api ->
                        api.create(file, "/v1/chat/completions", "24h", key).id());
                add(id, lines);
            } finally {
                clients.release();
                creating.decrementAndGet();
            }
            return null;
        }));
    }

    /** Tracks a batch that the test created itself. */
    void add(String id, ChatLines lines) {
        created.add(new Work(id, lines, lines.count() == LARGE_LINES, System.nanoTime()));
    }

    private interface Call {
        String to(Api api);
    }

    private String insist(Call call) throws InterruptedException {
        while (true) {
            try {
                return call.to(rig.api());
            } catch (Api.Refused refused) {
                if (refused.statusCode() < 500 && refused.statusCode() != 429 && refused.statusCode() != 409) {
                    throw refused;
                }
            } catch (UncheckedIOException noAnswer) {
                // The process may be restarting.
            }
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        }
    }

    private Void watch(BatchRows rows) throws SQLException, InterruptedException {
        try (rows) {
            while (!closed) {
                long now = System.nanoTime();
                rows.endedLately().forEach(id -> ended.putIfAbsent(id, now));
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        }
        return null;
    }

    List<Work> created() {
        return List.copyOf(created);
    }

    /** When each batch was seen to have ended. */
    Map<String, Long> ended() {
        return Map.copyOf(ended);
    }

    /** Those that have been created and have not ended. */
    List<Work> open() {
        return created.stream().filter(work -> !ended.containsKey(work.id())).toList();
    }

    /** Returns when that number of batches has ended, or after two minutes. */
    void awaitEnded(int batches) throws InterruptedException {
        long end = System.nanoTime() + LAST_LIMIT.toNanos();
        while (System.nanoTime() < end && created.size() - open().size() < batches) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    /** Returns when these have ended, or after the limit. */
    void awaitEnd(List<Work> works, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < end && !works.stream().allMatch(work -> ended.containsKey(work.id()))) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    /** Returns when all batches have been created and have ended, or after two minutes. */
    void awaitQuiet() throws InterruptedException {
        long end = System.nanoTime() + LAST_LIMIT.toNanos();
        while (System.nanoTime() < end && (creating.get() > 0 || !open().isEmpty())) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    /**
     * Asserts that every batch ended, has each of its lines once, and did not stall.
     *
     * @param longestStall in seconds
     */
    void verify(String name, List<Fault> faults, double longestStall) throws Exception {
        Account account = Account.of(name, created(), ended(), faults);
        System.out.println(account.summary());
        assertThat(open()).as("batches that have not ended\n%s", account).isEmpty();
        check();
        assertThat(account.worst().seconds())
                .as("seconds that a batch stalled\n%s", account)
                .isLessThanOrEqualTo(longestStall);
    }

    /**
     * Reads every file of every batch.
     *
     * @throws IllegalStateException when a line is missing, duplicated or failed, or the counts differ from the files
     */
    private void check() throws Exception {
        if (watcher.isDone()) {
            watcher.get();
        }
        for (Future<?> client : List.copyOf(requests)) {
            client.get();
        }
        List<Future<?>> checks = new ArrayList<>();
        for (Work work : created) {
            checks.add(executor.submit(() -> {
                clients.acquire();
                try {
                    check(work);
                } finally {
                    clients.release();
                }
                return null;
            }));
        }
        for (Future<?> check : checks) {
            check.get();
        }
    }

    private void check(Work work) {
        Api api = rig.api();
        Batch batch = api.await(work.id(), Duration.ofMillis(LOOK_MILLIS), Duration.ofSeconds(30), Batch::ended);
        int lines = work.lines().count();
        ResultCheck.Summary files = ResultCheck.of(api, batch, lines);
        if (!batch.status().equals("completed")
                || batch.total() != lines
                || batch.completed() != lines
                || batch.failed() != 0
                || files.output() != lines
                || !files.errors().isEmpty()) {
            throw new IllegalStateException("not all " + lines + " lines were served: " + files + " " + batch.json());
        }
    }

    /** Stops the clients; batches that run are left alone. */
    @Override
    public void close() {
        closed = true;
        executor.shutdownNow();
        executor.close();
    }
}
