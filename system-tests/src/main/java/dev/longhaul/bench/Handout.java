package dev.longhaul.bench;

import dev.longhaul.system.Api;
import dev.longhaul.system.BatchRows;
import dev.longhaul.system.Batch;
import dev.longhaul.system.ChatLines;
import dev.longhaul.system.Json;
import dev.longhaul.system.Simulator;
import dev.longhaul.system.Stack;
import dev.longhaul.system.Stock;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Slices per second that one dispatcher claims from a stock of one-line slices, its first and last tenth left out. */
final class Handout implements Scenario {
    private static final int SLICES = 20_000;
    private static final int IN_FLIGHT = 256;
    private static final double BOUND = 2_000;
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Bench bench;

    private record Rates(double claims, double loop) {
        @Override
        public String toString() {
            return "%.0f slices/s; bare loop %.0f calls/s".formatted(claims, loop);
        }
    }

    /** The slices claimed so far at a time. */
    private record Sample(double at, long claimed) {}

    Handout(Bench bench) {
        this.bench = bench;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        try (Stack stack = bench.stack("--max-in-flight", Integer.toString(IN_FLIGHT));
                BatchRows rows = new BatchRows(stack)) {
            List<Rates> runs = bench.repeat("handing out", () -> rates(stack, rows));
            double claims = Series.median(runs.stream().map(Rates::claims).toList());
            double loop = Series.median(runs.stream().map(Rates::loop).toList());
            figures.accept(new Figure(
                    "%,d one-line slices, claimed by one dispatcher".formatted(bench.lines(SLICES)),
                    "%.0f slices/s".formatted(claims),
                    "bare loop: %.0f calls/s".formatted(loop),
                    claims / loop,
                    "at least %.0f slices/s".formatted(BOUND),
                    claims >= BOUND));
        }
    }

    private Rates rates(Stack stack, BatchRows rows) throws Exception {
        Stack.Status status = stack.status();
        Simulator simulator = new Simulator(status.member("inference-sim").port());
        simulator.behave(Map.of());
        Duration measured = Duration.ofSeconds(bench.quick() ? 1 : 4);
        URI target = simulator.base().resolve("/v1/chat/completions");
        double loop = new BareLoop(target, List.of(Json.bytes(ChatLines.body(0, ChatLines.question(0)))))
                .callsPerSecond(measured, measured);
        Api api = new Api(status.api(), status.apiKey());
        double created = rows.now();
        List<Batch> stock = Stock.create(status, api, rows, bench.lines(SLICES) / Stock.SLICES);
        int count = stock.size() * Stock.SLICES;
        for (Batch batch : stock) {
            api.resume(batch.id());
        }
        Sample first = awaitClaimed(rows, created, count / 10);
        Sample last = awaitClaimed(rows, created, count * 9 / 10);
        for (Batch batch : stock) {
            Bench.check(api, api.await(batch.id(), POLL, PATIENCE, Batch::ended), Stock.SLICES);
        }
        return new Rates((last.claimed() - first.claimed()) / (last.at() - first.at()), loop);
    }

    private static Sample awaitClaimed(BatchRows rows, double created, int slices) throws Exception {
        double begin = rows.now();
        while (true) {
            Sample sample = new Sample(rows.now(), rows.claimed(created));
            if (sample.claimed() >= slices) {
                return sample;
            }
            if (sample.at() > begin + PATIENCE.toSeconds()) {
                throw new IllegalStateException("after %d s %,d slices are claimed, of %,d"
                        .formatted(PATIENCE.toSeconds(), sample.claimed(), slices));
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
