package dev.longhaul.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longhaul.system.Stack;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How long a page takes among a million batches and as many files of one tenant, wherever it is, as one client on one connection
 * sees it; and whether the pages of a whole list fit together while others create.
 */
final class Lists implements Scenario {
    private static final int ROWS = 1_000_000;
    private static final int QUICK_ROWS = 50_000;
    private static final int PAGES = 1_000;
    private static final int QUICK_PAGES = 500;
    /** Pages of each kind that do not count. */
    private static final int WARM_UP = 500;

    private static final double BOUND_MILLIS = 20;
    /** Pages of a hundred times the usual size. */
    private static final double LARGE_BOUND_MILLIS = 400;

    private static final long SEED = 20261122;
    private static final long BETWEEN_CREATES_NANOS = 20_000_000;

    private final Bench bench;
    private final int rows;
    private final Random random = new Random(SEED);

    /** Times of one kind of page in ms: the client's p99, and the server's own; and the client's median. */
    private record Times(double client, double server, double median) {}

    Lists(Bench bench) {
        this.bench = bench;
        this.rows = bench.quick() ? QUICK_ROWS : ROWS;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        try (Stack stack = bench.stack()) {
            Stack.Status status = stack.status();
            JsonClient operator = new JsonClient(status.api(), status.apiKey());
            figures.accept(QuotaCost.measure(operator, client(status, operator, "bench-quotas"), "bench-quotas"));
            JsonClient tenant = client(status, operator, "bench-list");
            String job = tenant.post("/jobs", "{}").path("id").asText();
            try (ListRows seed = new ListRows(stack, "bench-list")) {
                seed.insert(rows, job);
                bench.say("  %,d batches and as many files are there".formatted(rows));
                pages(figures, tenant, job, seed);
                allPages(figures, tenant);
            }
            // A million rows are gone sooner with all the rest.
            stack.reset();
        }
    }

    private static JsonClient client(Stack.Status status, JsonClient operator, String tenant) {
        JsonNode key = operator.post("/api_keys", "{\"name\":\"bench\",\"tenant\":\"" + tenant + "\"}");
        return new JsonClient(status.api(), key.path("value").asText());
    }

    private void pages(Consumer<Figure> figures, JsonClient tenant, String job, ListRows seed) throws SQLException {
        Times first = time(tenant, any -> "/batches?limit=100");
        page(figures, first, tenant, "batches, any page", after("/batches?limit=100"));
        page(figures, first, tenant, "of a status that nine of ten have", after("/batches?limit=100&status=completed"));
        page(figures, first, tenant, "of a status that one of fifty has", after("/batches?limit=100&status=expired"));
        page(figures, first, tenant, "of a job that one of ten is of", after("/batches?limit=100&job_id=" + job));
        page(
                figures,
                first,
                tenant,
                "with metadata that one of ten has",
                after("/batches?limit=100&metadata%5Bteam%5D=blue"));
        page(
                figures,
                first,
                tenant,
                "with metadata that one of 1,000 has",
                after("/batches?limit=100&metadata%5Brun%5D=70"));
        long oldest = seed.oldestSecond();
        long newest = seed.newestSecond();
        page(
                figures,
                first,
                tenant,
                "created in a range",
                any -> "/batches?limit=100&created_before=" + random.nextLong(oldest + 1, newest + 1));
        page(figures, first, tenant, "files, any page of 100", after("/files?limit=100", ListRows.FILE));
        page(
                figures,
                first,
                tenant,
                "files of a purpose",
                after("/files?limit=100&purpose=batch_output", ListRows.FILE));
        page(figures, first, tenant, "files, oldest first", after("/files?limit=100&order=asc", ListRows.FILE));
        large(figures, first, tenant);
    }

    private IntFunction<String> after(String path) {
        return after(path, ListRows.BATCH);
    }

    private static IntFunction<String> after(String path, String prefix) {
        return row -> path + "&after=" + ListRows.id(prefix, row);
    }

    private void page(Consumer<Figure> figures, Times first, JsonClient tenant, String what, IntFunction<String> path) {
        Times times = time(tenant, path);
        figures.accept(new Figure(
                what + ": p99",
                "%.1f ms (at the server %.0f ms; p50 %.1f ms)".formatted(times.client(), times.server(), times.median()),
                "the first page: %.1f ms".formatted(first.client()),
                times.client() / first.client(),
                "at most %.0f ms".formatted(BOUND_MILLIS),
                times.client() <= BOUND_MILLIS));
    }

    private void large(Consumer<Figure> figures, Times first, JsonClient tenant) {
        Times times = time(tenant, after("/files?limit=10000", ListRows.FILE), 50);
        figures.accept(new Figure(
                "files, any page of 10,000: p99",
                "%.0f ms (at the server %.0f ms)".formatted(times.client(), times.server()),
                "the first page of 100 batches: %.1f ms".formatted(first.client()),
                times.client() / first.client(),
                "at most %.0f ms".formatted(LARGE_BOUND_MILLIS),
                times.client() <= LARGE_BOUND_MILLIS));
    }

    private Times time(JsonClient tenant, IntFunction<String> path) {
        return time(tenant, path, bench.quick() ? QUICK_PAGES : PAGES);
    }

    private Times time(JsonClient tenant, IntFunction<String> path, int count) {
        List<Double> client = new ArrayList<>();
        List<Double> server = new ArrayList<>();
        for (int i = -Math.min(WARM_UP, count * 5); i < count; i++) {
            JsonClient.Timed timed = tenant.timed(path.apply(random.nextInt(rows)));
            if (i >= 0) {
                client.add(timed.millis());
                server.add(timed.serverMillis());
            }
        }
        return new Times(Series.percentile(client, 99), Series.percentile(server, 99), Series.median(client));
    }

    /** Reads the whole list while batches are created all the time: each that was there must come exactly once, and nothing twice. */
    private void allPages(Consumer<Figure> figures, JsonClient tenant) throws InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger created = new AtomicInteger();
        AtomicReference<@Nullable RuntimeException> failed = new AtomicReference<>();
        Thread creator = Thread.ofVirtual().start(() -> {
            try {
                while (!done.get()) {
                    tenant.post("/batches", "{\"input_file_id\":\"file-none\",\"endpoint\":\"/v1/embeddings\"}");
                    created.incrementAndGet();
                    LockSupport.parkNanos(BETWEEN_CREATES_NANOS);
                }
            } catch (RuntimeException e) {
                failed.set(e);
            }
        });
        BitSet seen = new BitSet(rows);
        int pages = 0;
        long begin = System.nanoTime();
        try {
            String after = "";
            JsonNode page;
            do {
                page = tenant.get("/batches?limit=100" + after);
                page.path("data").forEach(batch -> see(seen, batch.path("id").asText()));
                after = "&after=" + page.path("last_id").asText();
                pages++;
            } while (page.path("has_more").asBoolean());
        } finally {
            done.set(true);
            creator.join();
        }
        RuntimeException failure = failed.get();
        if (failure != null) {
            throw failure;
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        figures.accept(new Figure(
                "the whole list in pages of 100 while others create",
                "%,d of %,d seen once, none twice, in %.0f s".formatted(seen.cardinality(), rows, seconds),
                "%,d created meanwhile".formatted(created.get()),
                seen.cardinality() / (double) rows,
                "all",
                seen.cardinality() == rows && created.get() > 0 && pages > 0));
    }

    /** Those that are created meanwhile stand before the first page, so that none of them may come. */
    private void see(BitSet seen, String id) {
        int row = ListRows.row(id);
        if (row < 0) {
            // Created between the first batch and the first page.
            return;
        }
        if (seen.get(row)) {
            throw new IllegalStateException(id + " came twice");
        }
        seen.set(row);
    }
}
