package dev.longhaul.bench;

import dev.longhaul.system.Api;
import dev.longhaul.system.ChatLines;
import dev.longhaul.system.Stack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** How fast a large file goes through the API into S3, what it costs the service's heap, and many at once. */
final class Uploads implements Scenario {
    private static final long FILE_BYTES = 1L << 30;
    private static final int LINE_BYTES = 1_000;
    private static final double RATE_BOUND = 0.8;
    private static final double HEAP_BOUND_MB = 64;
    private static final int AT_ONCE = 32;
    private static final long SMALL_BYTES = 8L << 20;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Bench bench;

    private record Seconds(double api, double s3) {}

    Uploads(Bench bench) {
        this.bench = bench;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        long bytes = bench.quick() ? FILE_BYTES / 10 : FILE_BYTES;
        Path file = file(bytes);
        try (Stack stack = bench.stack()) {
            Stack.Status status = stack.status();
            Api api = new Api(status.api(), status.apiKey());
            S3Yardstick s3 = new S3Yardstick(stack);
            heap(figures, api, status, file, bytes);
            List<Seconds> seconds = bench.repeat(
                    "upload, seconds (API, plain S3 put)", () -> new Seconds(upload(api, file), s3.put(file, LIMIT)));
            double ours = bytes
                    / 1e6
                    / Series.median(seconds.stream().map(Seconds::api).toList());
            double theirs = bytes
                    / 1e6
                    / Series.median(seconds.stream().map(Seconds::s3).toList());
            figures.accept(new Figure(
                    "POST /v1/files, a file of %,d bytes".formatted(bytes),
                    "%.0f MB/s".formatted(ours),
                    "plain S3 put: %.0f MB/s".formatted(theirs),
                    ours / theirs,
                    "ratio at least " + RATE_BOUND,
                    ours / theirs >= RATE_BOUND));
            atOnce(figures, api);
            stack.reset();
        }
    }

    private Path file(long bytes) throws Exception {
        Path file = bench.directory().resolve(bytes + ".jsonl");
        return Files.exists(file)
                ? file
                : ChatLines.ofBytes((int) (bytes / LINE_BYTES), LINE_BYTES).file(file);
    }

    private static double upload(Api api, Path file) {
        long begin = System.nanoTime();
        String id = api.upload(file);
        double seconds = (System.nanoTime() - begin) / 1e9;
        api.deleteFile(id);
        return seconds;
    }

    /** On uploads that are not timed, since to look at a heap is to collect it. */
    private void heap(Consumer<Figure> figures, Api api, Stack.Status status, Path file, long bytes) throws Exception {
        long pid = status.member("batch-api").pid();
        // Before the first upload of all: the service keeps its buffers.
        long before = LiveHeap.bytes(pid);
        long most = before;
        try (ExecutorService client = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Double> uploading = client.submit(() -> upload(api, file));
            while (!uploading.isDone()) {
                most = Math.max(most, LiveHeap.bytes(pid));
                TimeUnit.MILLISECONDS.sleep(200);
            }
            uploading.get();
        }
        double megabytes = (most - before) / 1e6;
        figures.accept(new Figure(
                "live heap of batch-api during that upload, above what it had",
                "%.1f MB".formatted(megabytes),
                "before: %.1f MB".formatted(before / 1e6),
                megabytes / (bytes / 1e6),
                "at most %.0f MB".formatted(HEAP_BOUND_MB),
                megabytes <= HEAP_BOUND_MB));
    }

    /** Each of them stops in the middle until all others are there: so they really are at once. One more comes then. */
    private void atOnce(Consumer<Figure> figures, Api api) throws Exception {
        byte[] content =
                ChatLines.ofBytes((int) (SMALL_BYTES / LINE_BYTES), LINE_BYTES).bytes();
        AtomicInteger waiting = new AtomicInteger();
        List<Future<String>> uploads = new ArrayList<>();
        int stored = 0;
        long begin = System.nanoTime();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < AT_ONCE; i++) {
                uploads.add(clients.submit(() -> api.upload(() -> new HaltingStream(content, waiting, AT_ONCE))));
            }
            while (waiting.get() < AT_ONCE) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            uploads.add(clients.submit(() -> api.upload(content)));
            for (Future<String> upload : uploads) {
                stored += upload.get().startsWith("file-") ? 1 : 0;
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        figures.accept(new Figure(
                "%d uploads of %,d bytes at once, and then one more".formatted(AT_ONCE, content.length),
                "%d stored in %.1f s".formatted(stored, seconds),
                "%d sent".formatted(AT_ONCE + 1),
                stored / (AT_ONCE + 1.0),
                "all",
                stored == AT_ONCE + 1));
    }
}
