package dev.longhaul.bench;

import dev.longhaul.system.Api;
import dev.longhaul.system.ChatLines;
import dev.longhaul.system.Simulator;
import dev.longhaul.system.Stack;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A batch of one slice, with one dispatcher and with eight that share its backend. */
final class Lend implements Scenario {
    private static final int LINES = 1_000;
    private static final int SLOTS = 64;
    private static final int LATENCY_MS = 1_000;
    private static final int DISPATCHERS = 8;
    private static final double BOUND = 1.15;
    private static final Duration POLL = Duration.ofMillis(50);

    private final Bench bench;

    Lend(Bench bench) {
        this.bench = bench;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        try (Stack stack = bench.stack("--max-in-flight", Integer.toString(SLOTS))) {
            double alone = seconds(stack, 1);
            stack.up("--dispatchers", Integer.toString(DISPATCHERS));
            double shared = seconds(stack, DISPATCHERS);
            figures.accept(new Figure(
                    "%,d lines of 1 s at %d slots with %d dispatchers".formatted(LINES, SLOTS, DISPATCHERS),
                    "%.1f s".formatted(shared),
                    "with 1 dispatcher: %.1f s".formatted(alone),
                    shared / alone,
                    "ratio at most " + BOUND,
                    shared <= BOUND * alone));
        }
    }

    private double seconds(Stack stack, int dispatchers) throws Exception {
        Stack.Status status = stack.status();
        new Simulator(status.member("inference-sim").port()).behave(Map.of("latency_ms", LATENCY_MS));
        Api api = new Api(status.api(), status.apiKey());
        String file = api.upload(ChatLines.of(LINES).bytes());
        return Series.median(bench.repeat(
                "lines of 1 s, %d dispatchers, s".formatted(dispatchers),
                () -> bench.seconds(api, file, LINES, Duration.ZERO, POLL)));
    }
}
