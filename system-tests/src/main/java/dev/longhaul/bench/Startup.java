package dev.longhaul.bench;

import dev.longhaul.system.Stack;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** How long `up` takes from a finished build and no data until all is ready, without class data and with them. */
final class Startup implements Scenario {
    private static final double BOUND_SECONDS = 20;
    private static final Duration WARM_LIMIT = Duration.ofMinutes(10);

    private final Bench bench;

    Startup(Bench bench) {
        this.bench = bench;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        measure(figures, "without class data", stack("off"));
        Stack warm = stack("on");
        warm.command(WARM_LIMIT, "warm").orThrow();
        measure(figures, "with class data of `warm`", warm);
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
}
