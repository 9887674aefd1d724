package dev.longhaul.bench;

import dev.longhaul.system.Api;
import dev.longhaul.system.BatchRows;
import dev.longhaul.system.Stack;
import java.util.List;
import java.util.function.Consumer;

/** One-line batches for a minute at half the rate of a burst. */
final class Sustained implements Scenario {
    private static final int BURST = 2_500;
    private static final int SECONDS = 60;
    private static final double BOUND_MS = 500;
    private static final double DRIFT = 1.2;

    private final Bench bench;

    private record Minute(double perSecond, List<Double> millis, double cpuMillis) {
        double p(double percent) {
            return Series.percentile(millis, percent);
        }

        double p50OfThird(int third) {
            int size = millis.size() / 3;
            return Series.median(millis.subList(third * size, (third + 1) * size));
        }

        @Override
        public String toString() {
            return "%.0f batches/s: p50 %.0f ms, p99 %.0f ms, p50 of the first third %.0f ms, of the last %.0f ms, %.1f ms of CPU a batch"
                    .formatted(perSecond, p(50), p(99), p50OfThird(0), p50OfThird(2), cpuMillis);
        }
    }

    Sustained(Bench bench) {
        this.bench = bench;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        try (Stack stack = bench.stack();
                BatchRows rows = new BatchRows(stack)) {
            double fsync = Fsync.medianMillis(bench.directory());
            List<Burst.Result> bursts = bench.repeat("burst", () -> Burst.run(stack, rows, bench.lines(BURST)));
            double rate = Series.median(bursts.stream().map(Burst.Result::perSecond).toList());
            Minute minute = minute(stack, rows, rate / 2);
            bench.say("  " + minute);
            figures.accept(new Figure(
                    "%.0f one-line batches per second for %d s: p99".formatted(minute.perSecond(), seconds()),
                    "%.0f ms (p50 %.0f ms, %.1f ms of CPU per batch)"
                            .formatted(minute.p(99), minute.p(50), minute.cpuMillis()),
                    "one fsync: %.2f ms; a burst: %.0f batches/s".formatted(fsync, rate),
                    minute.p(99) / fsync,
                    "at most %.0f ms".formatted(BOUND_MS),
                    minute.p(99) <= BOUND_MS));
            figures.accept(new Figure(
                    "p50 of the last third",
                    "%.0f ms".formatted(minute.p50OfThird(2)),
                    "p50 of the first third: %.0f ms".formatted(minute.p50OfThird(0)),
                    minute.p50OfThird(2) / minute.p50OfThird(0),
                    "ratio at most " + DRIFT,
                    minute.p50OfThird(2) <= DRIFT * minute.p50OfThird(0)));
        }
    }

    private Minute minute(Stack stack, BatchRows rows, double perSecond) throws Exception {
        Stack.Status status = stack.status();
        Clients clients = new Clients(new Api(status.api(), status.apiKey()));
        int count = (int) (perSecond * seconds());
        double begin = rows.now();
        double cpu = Cpu.seconds(status);
        List<String> ids = clients.create(count, perSecond);
        Burst.awaitAll(rows, begin, rows.now(), count);
        double used = Cpu.seconds(status) - cpu;
        clients.check(ids);
        List<Double> millis = rows.completed(begin).stream()
                .map(BatchRows.Completed::millis)
                .toList();
        return new Minute(perSecond, millis, used * 1e3 / count);
    }

    private int seconds() {
        return bench.quick() ? SECONDS / 4 : SECONDS;
    }
}
