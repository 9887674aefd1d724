package dev.longhaul.bench;

import dev.longhaul.system.Api;
import dev.longhaul.system.ChatLines;
import dev.longhaul.system.Simulator;
import dev.longhaul.system.Stack;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A slow backend with many slots: is every slot taken all the time? */
final class Saturation implements Scenario {
    private static final int LINES = 20_000;
    private static final int LATENCY_MS = 200;
    private static final int IN_FLIGHT = 256;
    private static final int WARM_UPS = 30;
    private static final double BOUND = 0.97;
    private static final double GOAL = 0.99;

    private static final Duration POLL = Duration.ofMillis(10);

    private final Bench bench;

    Saturation(Bench bench) {
        this.bench = bench;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        int count = bench.lines(LINES);
        double ideal = count * (LATENCY_MS / 1e3) / IN_FLIGHT;
        try (Stack stack = bench.stack("--max-in-flight", Integer.toString(IN_FLIGHT))) {
            Stack.Status status = stack.status();
            Simulator simulator = new Simulator(status.member("inference-sim").port());
            simulator.behave(Map.of());
            Api api = new Api(status.api(), status.apiKey());
            String file = api.upload(ChatLines.of(count).bytes());
            bench.warmUp(api, file, count, WARM_UPS);
            simulator.behave(Map.of("latency_ms", LATENCY_MS));
            List<Double> seconds =
                    bench.repeat("saturation, s", () -> bench.seconds(api, file, count, Duration.ZERO, POLL));
            double median = Series.median(seconds);
            figures.accept(new Figure(
                    "%,d lines at %d ms, %d in flight".formatted(count, LATENCY_MS, IN_FLIGHT),
                    "%.2f s".formatted(median),
                    "ideal: %.2f s".formatted(ideal),
                    ideal / median,
                    "ideal/figure at least %s, goal %s".formatted(BOUND, GOAL),
                    ideal >= BOUND * median));
        }
    }
}
