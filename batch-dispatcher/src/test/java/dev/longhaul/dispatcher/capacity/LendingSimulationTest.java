package dev.longhaul.dispatcher.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * Dispatchers and leaders with messages that are late or lost, renewals that fail, sleep and changes of leader, in steps of 50 ms: the
 * slots in use never exceed the ceiling, and they go to who has lines.
 */
class LendingSimulationTest {
    private static final int CEILING = 64;
    private static final String BACKEND = "b";
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(50);

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private long now = 1;
    private final List<Dispatcher> dispatchers = new ArrayList<>();
    private final Deque<Runnable> onTheWay = new ArrayDeque<>();
    private CapacityLedger leader = new CapacityLedger(1, Map.of(BACKEND, CEILING));
    private long epoch = 1;
    private int stepsToBeat;
    private Map<String, Grant> unconfirmed = Map.of();
    private boolean calm = true;

    /** One process: its row in PostgreSQL, and itself. */
    private final class Dispatcher {
        private final String id;
        private final LocalShares shares = new LocalShares(() -> now);
        private int lines;
        private int calls;
        private int orphans;
        private boolean draining;
        private final Deque<Grant> incoming = new ArrayDeque<>();
        private int asleepSteps;
        private int stepsToRenewal;
        // The row.
        private long renewed = now;
        private CapacityReport row = CapacityReport.NOTHING;
        private Grant written = Grant.NONE;
        private @Nullable CapacityReport sent;

        private Dispatcher(String id) {
            this.id = id;
            shares.onChange(() -> shares.applying().run());
        }

        private CapacityReport report() {
            return new CapacityReport(
                    shares.grant(),
                    draining,
                    Map.of(),
                    Map.of(BACKEND, calls + lines),
                    shares.lent(),
                    Map.of(BACKEND, calls));
        }

        private void step() {
            if (asleepSteps > 0) {
                asleepSteps--;
                return;
            }
            if (stepsToRenewal-- <= 0) {
                stepsToRenewal = calm ? 19 : 15 + random.nextInt(30);
                // PostgreSQL sends a session its notifications before the answer to a later statement.
                hear(incoming.size());
                renewed = now;
                row = report();
                shares.renewed(now, written);
            }
            hear(calm ? incoming.size() : random.nextInt(incoming.size() + 1));
            while (shares.areValid() && lines > 0 && calls < shares.of(BACKEND)) {
                lines--;
                calls++;
            }
            CapacityReport report = report();
            if (sent == null || report.differsMaterially(sent)) {
                sent = report;
                send(onTheWay, () -> leader.report(id, report));
            }
        }

        private void hear(int count) {
            for (int i = 0; i < count; i++) {
                shares.granted(incoming.removeFirst());
            }
        }

        /** What counts against the ceiling; calls that a lapsed share leaves behind cannot be taken back. */
        private int inUse() {
            orphans = shares.areValid() ? Math.min(orphans, calls) : calls;
            return shares.areValid() ? Math.max(shares.of(BACKEND), calls - orphans) : 0;
        }
    }

    private <T> void send(Deque<T> channel, T message) {
        if (calm || random.nextInt(5) > 0) {
            channel.addLast(message);
        }
    }

    private void step() {
        now += STEP;
        dispatchers.forEach(Dispatcher::step);
        boolean beat = stepsToBeat-- <= 0;
        // In order, some of them later; but before the answer to a statement of the session that listens.
        for (int i = calm || beat ? onTheWay.size() : random.nextInt(onTheWay.size() + 1); i > 0; i--) {
            onTheWay.removeFirst().run();
        }
        if (beat) {
            stepsToBeat = 19;
            leader.rows(dispatchers.stream()
                    .map(d -> new CapacityLedger.Row(
                            d.id,
                            d.row,
                            Map.of(),
                            TimeUnit.NANOSECONDS.toMillis(LocalShares.VALID_NANOS - (now - d.renewed))))
                    .toList());
        }
        leader.decide(beat).forEach((id, grant) -> send(of(id).incoming, grant));
        if (beat) {
            Map<String, Grant> open = leader.unconfirmed();
            open.forEach((id, grant) -> {
                if (grant.equals(unconfirmed.get(id))) {
                    of(id).written = grant;
                }
            });
            unconfirmed = new HashMap<>(open);
        }
        assertThat(dispatchers.stream().mapToInt(Dispatcher::inUse).sum())
                .as("seed %d at %d", seed, now)
                .isLessThanOrEqualTo(CEILING);
    }

    private Dispatcher of(String id) {
        return dispatchers.stream().filter(d -> d.id.equals(id)).findFirst().orElseThrow();
    }

    private void steps(int count) {
        for (int i = 0; i < count; i++) {
            step();
        }
    }

    private void dispatchers(int count) {
        for (int i = 0; i < count; i++) {
            dispatchers.add(new Dispatcher("d" + i));
        }
    }

    @Test
    void oneAloneHasEverythingAtOnce() {
        dispatchers(1);
        steps(6);

        assertThat(of("d0").shares.of(BACKEND)).isEqualTo(CEILING);
    }

    @Test
    void whoHasTheLinesHasTheSlotsWithinThreeTenthsOfASecond() {
        dispatchers(8);
        steps(40);
        assertThat(dispatchers).allSatisfy(d -> assertThat(d.shares.of(BACKEND)).isEqualTo(8));

        of("d3").lines = 1_000;
        steps(6);

        assertThat(of("d3").calls).isEqualTo(CEILING);
    }

    @Test
    void whoSleepsHoldsNothingForMoreThanThreeSecondsAndComesBackWithNothing() {
        dispatchers(2);
        of("d0").lines = 1_000;
        steps(40);
        of("d1").lines = 1_000;
        of("d0").asleepSteps = 200;
        steps(60);

        assertThat(of("d1").calls).isEqualTo(CEILING);
        steps(160);
        assertThat(of("d0").asleepSteps).isZero();
    }

    @Test
    void whoDrainsGivesItsSlotsToOthersAsItsCallsEnd() {
        dispatchers(2);
        of("d0").lines = 1_000;
        steps(40);
        of("d0").draining = true;
        of("d0").lines = 0;
        of("d1").lines = 1_000;
        steps(4);
        of("d0").calls = 10;
        steps(4);

        assertThat(of("d0").shares.of(BACKEND)).isZero();
        assertThat(of("d1").calls).isEqualTo(CEILING - 10);
    }

    @Test
    void aNewLeaderTakesNothingFromAnyoneAndLendsOn() {
        dispatchers(4);
        of("d0").lines = 1_000;
        steps(40);
        assertThat(of("d0").calls).isEqualTo(CEILING);
        newLeader();
        steps(2);
        assertThat(of("d0").shares.of(BACKEND)).isEqualTo(CEILING);

        of("d1").lines = 1_000;
        // One call of the first ends at each step.
        for (int i = 0; i < 80; i++) {
            of("d0").calls = Math.max(0, of("d0").calls - 1);
            step();
        }

        assertThat(of("d0").shares.of(BACKEND)).isEqualTo(CEILING / 2);
        assertThat(of("d1").shares.of(BACKEND)).isEqualTo(CEILING / 2);
    }

    private void newLeader() {
        epoch++;
        leader = new CapacityLedger(epoch, Map.of(BACKEND, CEILING));
        stepsToBeat = 0;
        unconfirmed = Map.of();
    }

    @RepeatedTest(20)
    void theCeilingHoldsWhateverIsLateLostOrAsleepAndAllIsLentOnceItIsCalm() {
        dispatchers(2 + random.nextInt(7));
        calm = false;
        for (int i = 0; i < 1_500; i++) {
            Dispatcher one = dispatchers.get(random.nextInt(dispatchers.size()));
            switch (random.nextInt(40)) {
                case 0 -> one.lines = random.nextInt(300);
                case 1 -> one.asleepSteps = random.nextInt(120);
                case 2 -> newLeader();
                default -> one.calls -= random.nextInt(one.calls + 1);
            }
            step();
        }
        calm = true;
        dispatchers.forEach(d -> {
            d.calls = 0;
            d.lines = 0;
            d.asleepSteps = 0;
        });
        Dispatcher last = dispatchers.getLast();
        last.lines = 1_000;
        steps(120);

        assertThat(last.calls).as("seed %d", seed).isEqualTo(CEILING);
    }
}
