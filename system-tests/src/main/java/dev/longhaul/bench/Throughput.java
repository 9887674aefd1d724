package dev.longhaul.bench;

import dev.longhaul.system.Api;
import dev.longhaul.system.ChatLines;
import dev.longhaul.system.Json;
import dev.longhaul.system.Simulator;
import dev.longhaul.system.Stack;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Many lines, a backend that answers at once: calls a second against those of a bare loop of the same client. */
final class Throughput implements Scenario {
    private static final int LINES = 50_000;
    private static final int LINE_BYTES = 1_000;
    private static final int BODIES = 100;
    private static final double BOUND = 0.4;
    private static final double GOAL = 0.7;
    private static final double YARDSTICK_BOUND = 0.6;
    private static final int WARM_UPS = 90;
    /** The client shares the two cores with all that it measures, so it looks when the end is near and not before. */
    private static final double QUIET = 0.8;

    private static final Duration POLL = Duration.ofMillis(10);

    private final Bench bench;
    private double lastSeconds;

    private record Rates(double longhaul, double loop, double wrk) {
        @Override
        public String toString() {
            return "%.0f calls/s; bare loop %.0f, wrk %.0f".formatted(longhaul, loop, wrk);
        }
    }

    Throughput(Bench bench) {
        this.bench = bench;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        int count = bench.lines(LINES);
        ChatLines lines = ChatLines.ofBytes(count, LINE_BYTES);
        try (Stack stack = bench.stack("--max-in-flight", "128")) {
            Stack.Status status = stack.status();
            Simulator simulator = new Simulator(status.member("inference-sim").port());
            simulator.behave(Map.of());
            Api api = new Api(status.api(), status.apiKey());
            String file = api.upload(lines.bytes());
            bench.warmUp(api, file, count, WARM_UPS);
            report(bench.repeat("throughput", () -> rates(api, file, count, simulator, lines)), figures);
        }
    }

    private Rates rates(Api api, String file, int count, Simulator simulator, ChatLines lines) throws Exception {
        URI target = simulator.base().resolve("/v1/chat/completions");
        List<byte[]> bodies = IntStream.range(0, BODIES)
                .mapToObj(
                        number -> Json.bytes(ChatLines.body(number, lines.text().apply(number))))
                .toList();
        Duration measured = Duration.ofSeconds(bench.quick() ? 2 : 4);
        double loop = new BareLoop(target, bodies).callsPerSecond(Duration.ofSeconds(5), measured);
        double wrk = Wrk.callsPerSecond(target, bodies.getFirst(), bench.directory(), measured);
        Duration quiet = Duration.ofNanos((long) (QUIET * lastSeconds * 1e9));
        lastSeconds = bench.seconds(api, file, count, quiet, POLL);
        return new Rates(count / lastSeconds, loop, wrk);
    }

    private void report(List<Rates> runs, Consumer<Figure> figures) {
        double rate = Series.median(runs.stream().map(Rates::longhaul).toList());
        double loop = Series.median(runs.stream().map(Rates::loop).toList());
        double wrk = Series.median(runs.stream().map(Rates::wrk).toList());
        boolean valid = loop >= YARDSTICK_BOUND * wrk;
        figures.accept(new Figure(
                "the yardstick itself: a bare loop of the same client",
                "%.0f calls/s".formatted(loop),
                "wrk -t2 -c128: %.0f calls/s".formatted(wrk),
                loop / wrk,
                "ratio at least " + YARDSTICK_BOUND,
                valid));
        if (valid) {
            figures.accept(new Figure(
                    "%,d chat lines of %,d bytes, no latency".formatted(bench.lines(LINES), LINE_BYTES),
                    "%.0f calls/s".formatted(rate),
                    "bare loop: %.0f calls/s".formatted(loop),
                    rate / loop,
                    "ratio at least %s, goal %s".formatted(BOUND, GOAL),
                    rate >= BOUND * loop));
        }
    }
}
