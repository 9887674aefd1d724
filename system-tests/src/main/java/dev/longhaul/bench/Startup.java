package dev.longhaul.bench;

import dev.longhaul.system.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** How long `up` takes from a finished build and no data until all is ready, without class data and with them. */
final class Startup implements Scenario {
    private static final double BOUND_SECONDS = 20;
    private static final Duration MAKING_LIMIT = Duration.ofMinutes(5);

    private final Bench bench;
    private final Path caches = Stack.root().resolve("target/longhaul/aot");

    Startup(Bench bench) {
        this.bench = bench;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        measure(figures, "without recorded class data", stack("off"));
        Stack recorded = stack("on");
        record(recorded);
        measure(figures, "with recorded class data", recorded);
    }

    private Stack stack(String aot) {
        return new Stack(bench.directory().resolve("stack"), Map.of("LONGHAUL_AOT", aot));
    }

    private void measure(Consumer<Figure> figures, String how, Stack stack) throws Exception {
        List<Double> ups = bench.repeat(how, () -> secondsUp(stack));
        double up = Series.median(ups);
        double jvm = Series.median(bench.repeat("one JVM", () -> seconds(() -> stack.command("--version"))));
        figures.accept(new Figure(
                "`up` with empty data until six processes are ready, " + how + ": median",
                "%.1f s".formatted(up),
                "one command that starts a JVM: %.2f s".formatted(jvm),
                up / jvm,
                "at most %.0f s".formatted(BOUND_SECONDS),
                up <= BOUND_SECONDS));
    }

    private static double secondsUp(Stack stack) {
        stack.reset();
        double seconds = seconds(stack::up);
        stack.close();
        return seconds;
    }

    private static double seconds(Runnable what) {
        long begin = System.nanoTime();
        what.run();
        return (System.nanoTime() - begin) / 1e9;
    }

    /** The second start of a build records, and its end has the files made in the background. */
    private void record(Stack stack) throws IOException, InterruptedException {
        secondsUp(stack);
        secondsUp(stack);
        long end = System.nanoTime() + MAKING_LIMIT.toNanos();
        while (count(".conf") > 0 || count(".aot") == 0) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("class data are not made after " + MAKING_LIMIT + ", see aot.log");
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private long count(String suffix) throws IOException {
        if (!Files.isDirectory(caches)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(caches)) {
            return files.filter(file -> file.toString().endsWith(suffix)).count();
        }
    }
}
