package dev.longhaul.bench;

import dev.longhaul.system.Api;
import dev.longhaul.system.BatchRows;
import dev.longhaul.system.Signal;
import dev.longhaul.system.Simulator;
import dev.longhaul.system.Stack;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One-line batches created by 50 clients as fast as the API accepts them, with the backend up and with it down. */
final class Burst implements Scenario {
    private static final int BATCHES = 5_000;
    private static final int LATENCY_MS = 20;
    /** Of the default settings. */
    private static final int SLOTS = 64;

    private static final double TAIL_BOUND = 10;
    private static final double OUTAGE_BOUND = 30;
    private static final Duration OUTAGE = Duration.ofMinutes(1);
    private static final Duration QUICK_OUTAGE = Duration.ofSeconds(15);
    /** Ends the benchmark when a burst stalls. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Bench bench;

    /**
     * A burst that completed.
     *
     * @param creating seconds from the first create to the last
     * @param tail seconds from the last create, or the backend's return, to the last completion
     * @param often slices that were released more than twice
     * @param twice lines that were called more than once
     * @param cpuMillis CPU of all processes of the stack per batch
     */
    record Result(int batches, double creating, double tail, long often, long twice, double cpuMillis) {
        double perSecond() {
            return batches / (creating + tail);
        }

        @Override
        public String toString() {
            return ("%,d created in %.1f s, the last completed %.1f s later (%.0f batches/s); %d slices released more than twice,"
                            + " %d lines called twice, %.1f ms of CPU a batch")
                    .formatted(batches, creating, tail, perSecond(), often, twice, cpuMillis);
        }
    }

    Burst(Bench bench) {
        this.bench = bench;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        int count = bench.lines(BATCHES);
        try (Stack stack = bench.stack("--sim-args", "--latency-ms " + LATENCY_MS);
                BatchRows rows = new BatchRows(stack)) {
            report(bench.repeat("burst", () -> run(stack, rows, count)), statements(stack, rows), figures);
            Result outage = outage(stack, rows, count);
            bench.say("  backend down while they were created: " + outage);
            double need = count * (LATENCY_MS / 1e3) / SLOTS;
            figures.accept(new Figure(
                    "%,d planned while the backend was down for %d s: from its return to the last completion"
                            .formatted(count, outageLength().toSeconds()),
                    "%.1f s; %d lines called twice".formatted(outage.tail(), outage.twice()),
                    "what their calls need: %.1f s".formatted(need),
                    outage.tail() / need,
                    "at most %.0f s more, none twice".formatted(OUTAGE_BOUND),
                    outage.tail() <= need + OUTAGE_BOUND && outage.twice() == 0));
        }
    }

    /** Runs a burst on a stack whose simulator is up, and checks all result files. */
    static Result run(Stack stack, BatchRows rows, int count) throws Exception {
        Stack.Status status = stack.status();
        Simulator simulator = new Simulator(status.member("inference-sim").port());
        simulator.behave(Map.of("latency_ms", LATENCY_MS, "count_lines", true));
        simulator.reset();
        Clients clients = new Clients(new Api(status.api(), status.apiKey()));
        double begin = rows.now();
        double cpu = Cpu.seconds(status);
        List<String> ids = clients.create(count);
        double created = rows.now();
        double tail = awaitAll(rows, begin, created, count);
        double used = Cpu.seconds(status) - cpu;
        clients.check(ids);
        return result(rows, simulator, count, begin, created - begin, tail, used);
    }

    private Result outage(Stack stack, BatchRows rows, int count) throws Exception {
        Stack.Status status = stack.status();
        Clients clients = new Clients(new Api(status.api(), status.apiKey()));
        Signal.KILL.send(status.member("inference-sim"));
        double begin = rows.now();
        List<String> ids = clients.create(count);
        double created = rows.now();
        while (rows.count("validating", begin) > 0 || rows.now() < begin + outageLength().toSeconds()) {
            requireWithin(rows, created, PATIENCE.plus(OUTAGE), "not all are planned");
            TimeUnit.MILLISECONDS.sleep(100);
        }
        double cpu = Cpu.seconds(status);
        stack.up();
        double up = rows.now();
        Simulator simulator =
                new Simulator(stack.status().member("inference-sim").port());
        simulator.behave(Map.of("latency_ms", LATENCY_MS, "count_lines", true));
        double tail = awaitAll(rows, begin, up, count);
        double used = Cpu.seconds(stack.status()) - cpu;
        clients.check(ids);
        return result(rows, simulator, count, begin, created - begin, tail, used);
    }

    private Duration outageLength() {
        return bench.quick() ? QUICK_OUTAGE : OUTAGE;
    }

    private static Result result(
            BatchRows rows, Simulator simulator, int count, double begin, double creating, double tail, double cpu)
            throws Exception {
        long twice = simulator.calls().values().stream()
                .filter(line -> line.count() > 1)
                .count();
        return new Result(count, creating, tail, rows.releasedOften(begin), twice, cpu * 1e3 / count);
    }

    /** Returns the seconds from a moment to the last completion. */
    static double awaitAll(BatchRows rows, double begin, double from, int count) throws Exception {
        while (rows.count("completed", begin) < count) {
            requireWithin(
                    rows,
                    from,
                    PATIENCE,
                    "%,d of %,d have completed, slices released more than twice: %,d"
                            .formatted(rows.count("completed", begin), count, rows.releasedOften(begin)));
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return rows.completed(begin).stream()
                        .mapToDouble(BatchRows.Completed::completed)
                        .max()
                        .orElse(from)
                - from;
    }

    private static void requireWithin(BatchRows rows, double from, Duration limit, String problem) throws Exception {
        if (rows.now() > from + limit.toSeconds()) {
            throw new IllegalStateException("after " + limit.toSeconds() + " s " + problem);
        }
    }

    /** Statements per batch in a smaller burst of its own, since counting slows PostgreSQL down. */
    private double statements(Stack stack, BatchRows rows) throws Exception {
        int count = bench.lines(BATCHES / 5);
        try (Statements statements = new Statements(stack)) {
            Statements.Totals before = statements.totals();
            run(stack, rows, count);
            return statements.since(before) / (double) count;
        }
    }

    private void report(List<Result> runs, double statements, Consumer<Figure> figures) {
        double creating = Series.median(runs.stream().map(Result::creating).toList());
        double tail = Series.median(runs.stream().map(Result::tail).toList());
        long often = runs.stream().mapToLong(Result::often).max().orElseThrow();
        long twice = runs.stream().mapToLong(Result::twice).max().orElseThrow();
        double cpu = Series.median(runs.stream().map(Result::cpuMillis).toList());
        double call = LATENCY_MS;
        figures.accept(new Figure(
                "%,d one-line batches by 50 clients: from the last create to the last completion".formatted(bench.lines(BATCHES)),
                "%.1f s".formatted(tail),
                "creating them: %.1f s".formatted(creating),
                tail / creating,
                "at most %.0f s".formatted(TAIL_BOUND),
                tail <= TAIL_BOUND));
        figures.accept(new Figure(
                "slices released more than twice; lines called twice",
                often + "; " + twice,
                "%,d lines".formatted(bench.lines(BATCHES)),
                (often + twice) / (double) bench.lines(BATCHES),
                "none",
                often == 0 && twice == 0));
        figures.accept(new Figure(
                "CPU of all processes per batch",
                "%.1f ms".formatted(cpu),
                "latency of its call: %.0f ms".formatted(call),
                cpu / call,
                "none",
                true));
        figures.accept(new Figure(
                "statements per batch, all services, no client polls",
                "%.1f".formatted(statements),
                "the goal: 25",
                statements / 25,
                "at most 25",
                statements <= 25));
    }
}
