package dev.longhaul.bench;

import dev.longhaul.dispatcher.plan.InputPlanner;
import dev.longhaul.dispatcher.plan.PlanLimits;
import dev.longhaul.dispatcher.plan.PlanOutcome;
import dev.longhaul.dispatcher.plan.PlanRequest;
import dev.longhaul.system.ChatLines;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Consumer;

/** How fast one core reads, checks and cuts an input file; the planner alone, in this process. */
final class Planning implements Scenario {
    private static final int LINES = 100_000;
    private static final int LINE_BYTES = 1_000;
    private static final double BOUND = 100;

    private final Bench bench;

    private record Rates(double plan, double scan) {}

    Planning(Bench bench) {
        this.bench = bench;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        int count = bench.lines(LINES);
        byte[] file = ChatLines.ofBytes(count, LINE_BYTES).bytes();
        List<Rates> rates = bench.repeat("planning, MB/s", () -> {
            long begin = cpuNanos();
            plan(file, count);
            long planned = cpuNanos();
            scan(file, count);
            return new Rates(megabytes(file, planned - begin), megabytes(file, cpuNanos() - planned));
        });
        double plan = Series.median(rates.stream().map(Rates::plan).toList());
        double scan = Series.median(rates.stream().map(Rates::scan).toList());
        figures.accept(new Figure(
                "%,d chat lines of %,d bytes, duplicates check included".formatted(count, LINE_BYTES),
                "%.0f MB/s a core".formatted(plan),
                "counting line ends: %.0f MB/s".formatted(scan),
                plan / scan,
                "at least %.0f MB/s".formatted(BOUND),
                plan >= BOUND));
    }

    private static void plan(byte[] file, int lines) throws IOException {
        PlanRequest request = new PlanRequest(
                () -> new ByteArrayInputStream(file), file.length, "/v1/chat/completions", model -> true, false);
        PlanOutcome outcome =
                new InputPlanner(PlanLimits.DEFAULT).plan(request, portion -> {}, (read, toRead) -> {}, () -> false);
        if (!(outcome instanceof PlanOutcome.Valid valid) || valid.lines() != lines) {
            throw new IllegalStateException("the plan is wrong: " + outcome);
        }
    }

    private static void scan(byte[] file, int lines) {
        int ends = 0;
        for (byte b : file) {
            if (b == '\n') {
                ends++;
            }
        }
        if (ends != lines) {
            throw new IllegalStateException("the file has " + ends + " lines");
        }
    }

    private static double megabytes(byte[] file, long nanos) {
        return file.length * 1e3 / nanos;
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
