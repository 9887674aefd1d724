package dev.longhaul.bench;

import dev.longhaul.system.Stack;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures, prints each figure with its yardstick and bound, and writes them to docs/benchmarks.md. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures Longhaul on this machine, beside a yardstick from the same run.",
            "Exit code 1 when a bound is missed or nothing could be measured."
        })
public final class Main implements Callable<Integer> {
    private static final Map<String, Function<Bench, Scenario>> SCENARIOS = scenarios();

    @Parameters(
            paramLabel = "NAME",
            description = {
                "startup, throughput, saturation, small,",
                "burst (5,000 one-line batches at once, and after an outage of the backend),",
                "sustained (one-line batches for a minute at half the rate of a burst),",
                "handout (slices per second that one dispatcher claims),",
                "lend (a small batch with 1 and with 8 dispatchers),",
                "idle (statements and CPU of a cluster without work),",
                "planning, list, upload, memory. Default: all but memory"
            })
    private Set<String> names = new LinkedHashSet<>();

    @Option(names = "--runs", paramLabel = "N", description = "Runs after the warm-up, ${DEFAULT-VALUE} if not said.")
    private int runs = 5;

    @Option(names = "--quick", description = "One small run, to try; bounds mean little and nothing is written.")
    private boolean quick;

    private Main() {}

    /** Runs in the foreground. */
    public static void main(String[] args) {
        int code = new CommandLine(new Main())
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    System.err.println("bench: " + failure.getMessage());
                    return 1;
                })
                .execute(args);
        System.exit(code);
    }

    private static Map<String, Function<Bench, Scenario>> scenarios() {
        Map<String, Function<Bench, Scenario>> scenarios = new LinkedHashMap<>();
        scenarios.put("startup", Startup::new);
        scenarios.put("throughput", Throughput::new);
        scenarios.put("saturation", Saturation::new);
        scenarios.put("small", SmallBatches::new);
        scenarios.put("burst", Burst::new);
        scenarios.put("sustained", Sustained::new);
        scenarios.put("handout", Handout::new);
        scenarios.put("lend", Lend::new);
        scenarios.put("idle", Idle::new);
        scenarios.put("planning", Planning::new);
        scenarios.put("list", Lists::new);
        scenarios.put("upload", Uploads::new);
        scenarios.put("memory", Memory::new);
        return scenarios;
    }

    @Override
    public Integer call() throws Exception {
        Set<String> wanted = wanted();
        Machine.useTwoCores();
        Path root = Stack.root();
        Report report = new Report(root.resolve("docs/benchmarks.md"));
        boolean met = true;
        for (Map.Entry<String, Function<Bench, Scenario>> scenario : SCENARIOS.entrySet()) {
            String name = scenario.getKey();
            if (!wanted.contains(name)) {
                continue;
            }
            Bench bench = new Bench(root.resolve(".longhaul/bench/" + name), quick ? 1 : runs, quick);
            bench.say(name + " ...");
            List<Figure> figures = new ArrayList<>();
            scenario.getValue().apply(bench).measure(figures::add);
            figures.forEach(figure -> bench.say(name + ": " + figure));
            met &= figures.stream().allMatch(Figure::met);
            if (!quick) {
                report.write(name, runs, figures);
            }
        }
        System.out.println(met ? "every bound is met" : "a bound is missed");
        return met ? 0 : 1;
    }

    private Set<String> wanted() {
        for (String name : names) {
            if (!SCENARIOS.containsKey(name)) {
                throw new IllegalArgumentException(
                        "no benchmark is called '" + name + "'; there are " + String.join(", ", SCENARIOS.keySet()));
            }
        }
        if (runs < 1) {
            throw new IllegalArgumentException("--runs must be at least 1, and is " + runs);
        }
        Set<String> wanted = new LinkedHashSet<>(names.isEmpty() ? SCENARIOS.keySet() : names);
        if (names.isEmpty()) {
            wanted.remove("memory");
        }
        return wanted;
    }
}
