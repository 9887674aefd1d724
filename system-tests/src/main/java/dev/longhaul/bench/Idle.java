package dev.longhaul.bench;

import dev.longhaul.system.Api;
import dev.longhaul.system.Stack;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The cost of a cluster without work. */
final class Idle implements Scenario {
    private static final int SETTLE_SECONDS = 15;
    private static final int SECONDS = 60;
    private static final int MORE_DISPATCHERS = 3;
    private static final double BOUND = 8;
    private static final double BOUND_MORE = 2;

    private final Bench bench;

    private record Cost(double statements, double commits, double cores) {
        @Override
        public String toString() {
            return "%.1f statements/s, %.1f commits/s, %.1f %% of a core".formatted(statements, commits, 100 * cores);
        }
    }

    Idle(Bench bench) {
        this.bench = bench;
    }

    @Override
    public void measure(Consumer<Figure> figures) throws Exception {
        try (Stack stack = bench.stack()) {
            Cost one = cost(stack);
            bench.say("  one process of each service: " + one);
            stack.up("--dispatchers", Integer.toString(1 + MORE_DISPATCHERS));
            Cost more = cost(stack);
            bench.say("  with %d more dispatchers: ".formatted(MORE_DISPATCHERS) + more);
            double each = (more.statements() - one.statements()) / MORE_DISPATCHERS;
            figures.accept(figure("one process of each service, idle", one, one.statements(), BOUND));
            figures.accept(figure(
                    "each further dispatcher",
                    new Cost(
                            each,
                            (more.commits() - one.commits()) / MORE_DISPATCHERS,
                            (more.cores() - one.cores()) / MORE_DISPATCHERS),
                    each,
                    BOUND_MORE));
        }
    }

    private static Figure figure(String what, Cost cost, double statements, double bound) {
        return new Figure(
                what,
                cost.toString(),
                "the goal: %.0f statements/s".formatted(bound),
                statements / bound,
                "at most %.0f statements/s".formatted(bound),
                statements <= bound);
    }

    /** Measured some time after a few batches, when everything is loaded and at rest. */
    private Cost cost(Stack stack) throws Exception {
        Stack.Status status = stack.status();
        Clients clients = new Clients(new Api(status.api(), status.apiKey()));
        clients.create(bench.lines(100));
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        int seconds = bench.quick() ? SECONDS / 3 : SECONDS;
        double cpu = Cpu.seconds(status);
        TimeUnit.SECONDS.sleep(seconds);
        double cores = (Cpu.seconds(status) - cpu) / seconds;
        try (Statements statements = new Statements(stack)) {
            TimeUnit.SECONDS.sleep(1);
            Statements.Totals before = statements.totals();
            TimeUnit.SECONDS.sleep(seconds);
            Statements.Totals after = statements.totals();
            return new Cost(
                    statements.since(before) / (double) seconds,
                    (after.commits() - before.commits()) / (double) seconds,
                    cores);
        }
    }
}
