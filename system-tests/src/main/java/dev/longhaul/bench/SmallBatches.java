package dev.longhaul.bench;

import dev.longhaul.system.Api;
import dev.longhaul.system.Batch;
import dev.longhaul.system.ChatLines;
import dev.longhaul.system.Simulator;
import dev.longhaul.system.Stack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** How long little work takes, as a client sees it that asks every 10 ms; each batch with an upload of its own. */
final class SmallBatches implements Scenario {
    private static final int BATCHES = 100;
    private static final int BATCHES_A_SECOND = 20;
    private static final int SECONDS = 30;
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final Bench bench;

    private record Stream(double p99, double first, double last) {
        static Stream of(List<Double> millis) {
            int third = millis.size() / 3;
            return new Stream(
                    Series.percentile(millis, 99),
                    Series.median(millis.subList(0, third)),
                    Series.median(millis.subList(millis.size() - third, millis.size())));
        }
    }

    private record Alone(double p50, double p99) {}

    SmallBatches(Bench bench) {
        this.bench = bench;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        try (Stack stack = bench.stack()) {
            Stack.Status status = stack.status();
            new Simulator(status.member("inference-sim").port()).behave(Map.of());
            Api api = new Api(status.api(), status.apiKey());
            double fsync = Fsync.medianMillis(bench.directory());
            List<Alone> ones = bench.repeat("one line, ms", () -> alone(api, 1));
            List<Alone> hundreds = bench.repeat("100 lines, ms", () -> alone(api, 100));
            List<Stream> streams = bench.repeat("one line, 20 a second, ms", () -> stream(api));
            bound(
                    figures,
                    fsync,
                    "1 line on an idle stack: p50",
                    ones.stream().map(Alone::p50).toList(),
                    100,
                    30);
            bound(
                    figures,
                    fsync,
                    "1 line on an idle stack: p99",
                    ones.stream().map(Alone::p99).toList(),
                    300,
                    0);
            bound(
                    figures,
                    fsync,
                    "100 lines: p50",
                    hundreds.stream().map(Alone::p50).toList(),
                    200,
                    0);
            bound(
                    figures,
                    fsync,
                    "20 one-line batches a second: p99",
                    streams.stream().map(Stream::p99).toList(),
                    500,
                    0);
            double first = Series.median(streams.stream().map(Stream::first).toList());
            double last = Series.median(streams.stream().map(Stream::last).toList());
            figures.accept(new Figure(
                    "the same, p50 of the last 10 s",
                    "%.0f ms".formatted(last),
                    "p50 of the first 10 s: %.0f ms".formatted(first),
                    last / first,
                    "ratio at most 1.2",
                    last <= 1.2 * first));
        }
    }

    private static void bound(
            Consumer<Figure> figures, double fsync, String what, List<Double> millis, double bound, double goal) {
        double median = Series.median(millis);
        figures.accept(new Figure(
                what,
                "%.0f ms".formatted(median),
                "one fsync: %.2f ms".formatted(fsync),
                median / fsync,
                "at most %.0f ms".formatted(bound) + (goal > 0 ? ", goal %.0f ms".formatted(goal) : ""),
                median <= bound));
    }

    private Alone alone(Api api, int lines) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < bench.lines(BATCHES); i++) {
            millis.add(millis(api, lines));
        }
        return new Alone(Series.percentile(millis, 50), Series.percentile(millis, 99));
    }

    /** Starts batches at a steady pace, however long each takes. */
    private Stream stream(Api api) throws Exception {
        int count = BATCHES_A_SECOND * (bench.quick() ? SECONDS / 5 : SECONDS);
        List<Future<Double>> running = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            long begin = System.nanoTime();
            for (int i = 0; i < count; i++) {
                long due = begin + i * TimeUnit.SECONDS.toNanos(1) / BATCHES_A_SECOND;
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                running.add(executor.submit(() -> millis(api, 1)));
            }
        }
        List<Double> millis = new ArrayList<>();
        for (Future<Double> batch : running) {
            millis.add(batch.get());
        }
        return Stream.of(millis);
    }

    private double millis(Api api, int lines) {
        String file = api.upload(ChatLines.of(lines).bytes());
        Batch created = api.create(file);
        long begin = System.nanoTime();
        Batch ended = api.await(created.id(), POLL, LIMIT, Batch::ended);
        double millis = (System.nanoTime() - begin) / 1e6;
        Bench.check(api, ended, lines);
        return millis;
    }
}
