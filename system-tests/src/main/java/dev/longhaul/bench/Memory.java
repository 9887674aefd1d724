package dev.longhaul.bench;

import dev.longhaul.system.Api;
import dev.longhaul.system.Batch;
import dev.longhaul.system.ChatLines;
import dev.longhaul.system.Simulator;
import dev.longhaul.system.Stack;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A batch of a million lines through services of 256 MB: is what lives in their heaps the same as with a tenth of it? */
final class Memory implements Scenario {
    private static final int LINES = 1_000_000;
    private static final int LINE_BYTES = 300;
    private static final double BOUND = 1.2;
    /** What is alive rises and falls with what is under way: looked at so seldom a peak would be a matter of luck. */
    private static final int SAMPLES = 80;

    private static final int SHORT_BATCHES = 10;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration LIMIT = Duration.ofMinutes(30);

    private final Bench bench;

    Memory(Bench bench) {
        this.bench = bench;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        int many = bench.lines(LINES);
        try (Stack stack = bench.stack("--max-in-flight", "128")) {
            Stack.Status status = stack.status();
            new Simulator(status.member("inference-sim").port()).behave(Map.of());
            Api api = new Api(status.api(), status.apiKey());
            bench.say("  warm-up: " + liveBytes(api, status, many / 10, 1));
            Map<String, Long> few = new TreeMap<>();
            for (int i = 0; i < SHORT_BATCHES; i++) {
                liveBytes(api, status, many / 10, SAMPLES / SHORT_BATCHES)
                        .forEach((service, bytes) -> few.merge(service, bytes, Math::max));
            }
            bench.say("  %,d lines: %s".formatted(many / 10, few));
            Map<String, Long> all = liveBytes(api, status, many, SAMPLES);
            bench.say("  %,d lines: %s".formatted(many, all));
            all.forEach((service, bytes) -> {
                long before = few.getOrDefault(service, 0L);
                double ratio = bytes / (double) before;
                figures.accept(new Figure(
                        "%s: live heap during %,d lines of %d bytes".formatted(service, many, LINE_BYTES),
                        "%.1f MB".formatted(bytes / 1e6),
                        "with %,d lines: %.1f MB".formatted(many / 10, before / 1e6),
                        ratio,
                        "ratio at most " + BOUND,
                        ratio <= BOUND));
            });
        }
    }

    /** The most bytes that were alive in each service, of some looks spread over the batch. */
    private Map<String, Long> liveBytes(Api api, Stack.Status status, int lines, int samples) throws Exception {
        String file = api.upload(
                ChatLines.ofBytes(lines, LINE_BYTES).file(bench.directory().resolve(lines + ".jsonl")));
        Batch batch = api.create(file);
        Map<String, Long> most = new TreeMap<>();
        // The first look comes while the file is planned.
        for (int sample = 0; sample < samples; sample++) {
            long due = (long) lines * sample / samples;
            batch = api.await(batch.id(), POLL, LIMIT, now -> now.ended() || now.completed() >= due);
            for (Stack.Member member : status.members()) {
                if (member.name().startsWith("batch-")) {
                    most.merge(member.name(), LiveHeap.bytes(member.pid()), Math::max);
                }
            }
        }
        batch = api.await(batch.id(), POLL, LIMIT, Batch::ended);
        Bench.check(api, batch, lines);
        // What a batch leaves behind counts as well.
        TimeUnit.SECONDS.sleep(2);
        for (Stack.Member member : status.members()) {
            if (member.name().startsWith("batch-")) {
                most.merge(member.name(), LiveHeap.bytes(member.pid()), Math::max);
            }
        }
        return most;
    }
}
