package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.backend.BackendsConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QueueSweepTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Backend one = backend("one");
    private final Backend other = backend("other");
    private final RunQueue queueOfOne = new RunQueue(model -> true);
    private final RunQueue queueOfOther = new RunQueue(model -> true);
    private final Map<Backend, Integer> shares = new HashMap<>(Map.of(one, 8, other, 8));
    private final QueueSweep sweep = new QueueSweep(
            new LinkedHashMap<>(Map.of(one, queueOfOne, other, queueOfOther)),
            backend -> shares.getOrDefault(backend, 0),
            group -> List.of(one, other));
    private final List<LineGroup> gaveBack = new ArrayList<>();
    private final QueueSweep.Moves moves = new QueueSweep.Moves() {
        @Override
        public void to(Backend backend, LineGroup group) {
            (backend == one ? queueOfOne : queueOfOther).offer(group);
        }

        @Override
        public void back(LineGroup group) {
            gaveBack.add(group);
        }
    };
    private final long now = System.nanoTime();

    @Test
    void whatABackendDoesNotStartForASecondGoesToAnotherThatIsFreeASliceAtATime() {
        LineGroup first = waitingAtOne();
        LineGroup second = waitingAtOne();
        queueOfOther.seenFree(now + 3 * SECOND);
        sweep.sweep(now + SECOND / 2, moves);
        assertThat(queueOfOne.groups()).containsExactly(first, second);

        sweep.sweep(now + 3 * SECOND, moves);

        assertThat(queueOfOther.groups()).containsExactly(first);
        assertThat(queueOfOne.groups()).containsExactly(second);
    }

    @Test
    void nothingMovesBetweenBackendsOfWhichNoneIsFree() {
        LineGroup group = waitingAtOne();
        queueOfOther.seenFree(now);

        sweep.sweep(now + 3 * SECOND, moves);

        assertThat(queueOfOne.groups()).containsExactly(group);
    }

    @Test
    void aBackendThatStartsLinesKeepsThem() {
        LineGroup group = waitingAtOne();
        long later = System.nanoTime() + SECOND / 2;
        queueOfOther.seenFree(later);
        assertThat(queueOfOne.take()).isNotNull();

        sweep.sweep(later, moves);

        assertThat(queueOfOne.groups()).containsExactly(group);
    }

    @Test
    void whatWaitsWhereNothingStartsGoesElsewhereAtOnceAndBackAfterASecondWithoutAnyPlace() {
        LineGroup group = waitingAtOne();
        one.setDown(true);
        sweep.sweep(now, moves);
        assertThat(queueOfOther.groups()).containsExactly(group);

        shares.put(other, 0);
        sweep.sweep(now + SECOND, moves);
        assertThat(queueOfOther.groups()).containsExactly(group);
        sweep.sweep(now + 3 * SECOND, moves);

        assertThat(gaveBack).containsExactly(group);
    }

    private LineGroup waitingAtOne() {
        LineGroup group = SliceRunTest.run(3, "m", new BitSet(), SliceClaim.Past.NONE)
                .groups()
                .getFirst();
        queueOfOne.offer(group);
        return group;
    }

    private static Backend backend(String name) {
        return new Backend(
                name,
                new SmallRyeConfigBuilder()
                        .withMapping(BackendsConfig.class)
                        .withConverter(Duration.class, 100, new DurationConverter())
                        .withDefaultValues(Map.of("longhaul.backends.x.url", "http://127.0.0.1:1/v1"))
                        .build()
                        .getConfigMapping(BackendsConfig.class)
                        .backends()
                        .values()
                        .iterator()
                        .next());
    }
}
