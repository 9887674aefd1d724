package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longhaul.model.SliceId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SliceRunTest {
    @Test
    void linesThatAreDoneAreLeftOut() {
        BitSet done = new BitSet();
        done.set(0);
        done.set(2, 4);
        SliceRun run = run(5, "m", done, SliceClaim.Past.NONE);

        LineGroup group = run.groups().getFirst();
        assertThat(run.open()).isEqualTo(2);
        assertThat(run.indexInSlice(group.take())).isEqualTo(1);
        assertThat(run.indexInSlice(group.take())).isEqualTo(4);
        assertThat(group.take()).isEqualTo(-1);
    }

    @Test
    void linesBeyondTheSliceThatSomebodyCallsDoneChangeNothing() {
        BitSet done = new BitSet();
        done.set(3, 90);

        assertThat(run(3, "m", done, SliceClaim.Past.NONE).open()).isEqualTo(3);
    }

    @Test
    void aSliceWithAllLinesDoneIsReportedUpToWhereTheyWereFound() {
        BitSet done = new BitSet();
        done.set(0, 3);
        SliceRun run =
                new SliceRun(claim(3, "m", SliceClaim.Past.NONE), lines(3, "m"), new RedeliveryScan.Done(done, 41), 1);

        assertThat(run.open()).isZero();
        assertThat(run.report().lastOffset()).isEqualTo(40);
        assertThat(run.report().handBack()).isFalse();
    }

    @Test
    void bytesThatAreNotThePlannedLinesAreRefused() {
        assertThatThrownBy(() -> new SliceRun(
                        claim(4, "m", SliceClaim.Past.NONE), lines(3, "m"), RedeliveryScan.Done.nothing(), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("batch_x/7 has 3 lines, its plan says 4");
    }

    @Test
    void aSliceThatMixesModelsHasAGroupAModel() {
        SliceRun run = run(5, null, new BitSet(), SliceClaim.Past.NONE);

        assertThat(run.groups()).extracting(LineGroup::model).containsExactly("m0", "m1");
        assertThat(drain(run, run.groups().get(0))).containsExactly(0, 2, 4);
        assertThat(drain(run, run.groups().get(1))).containsExactly(1, 3);
    }

    @Test
    void aSuspectSliceHasAGroupALine() {
        SliceRun run = run(4, null, new BitSet(), new SliceClaim.Past(Map.of(), 3, -1, false, 0));

        assertThat(run.groups()).extracting(LineGroup::model).containsExactly("m0", "m1", "m0", "m1");
        assertThat(run.groups()).extracting(LineGroup::untaken).containsOnly(1);
    }

    @Test
    void parkedLinesGoBackWithTheirAttemptsWhenTheOthersAreDurable() {
        SliceRun run = run(3, "m", new BitSet(), SliceClaim.Past.NONE);
        drain(run, run.groups().getFirst());

        run.answered(0);
        assertThat(run.giveBack(1, new Waiting(2, 5_000))).isFalse();
        assertThat(run.giveBack(2, new Waiting(1, 9_000))).isFalse();
        assertThat(run.durable(1, 12)).isTrue();

        ClaimStore.Report report = run.report();
        assertThat(report.handBack()).isTrue();
        assertThat(report.fromMillis()).isEqualTo(5_000);
        assertThat(report.lastOffset()).isEqualTo(12);
        assertThat(report.attempts()).isEqualTo("{\"1\":[2,5000],\"2\":[1,9000]}");
    }

    @Test
    void attemptsOfAnEarlierClaimAreKeptUntilTheirLineIsAnswered() {
        SliceRun run = run(
                3,
                "m",
                new BitSet(),
                new SliceClaim.Past(Map.of(0, new Waiting(4, 1), 2, new Waiting(3, 2)), 0, -1, false, 0));
        drain(run, run.groups().getFirst());
        assertThat(run.waiting(0)).isEqualTo(new Waiting(4, 1));
        assertThat(run.waiting(1)).isNull();

        run.answered(0);
        run.giveBack(2, 0);

        assertThat(run.report().attempts()).isEqualTo("{\"2\":[3,2]}");
    }

    @Test
    void whatGoesBackWithoutAReasonToWaitMayRunAtOnce() {
        SliceRun run = run(2, "m", new BitSet(), SliceClaim.Past.NONE);
        run.groups().getFirst().take();
        run.giveBack(0, new Waiting(1, Long.MAX_VALUE));
        assertThat(run.stop()).isTrue();

        assertThat(run.report().fromMillis()).isZero();
    }

    /** Lanes take, answer, acknowledge and give back while others stop the slice: each line settles once, and one is told of the end. */
    @Test
    void eachLineSettlesOnceAndTheEndIsToldOnceHoweverThreadsInterleave()
            throws InterruptedException, ExecutionException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < 1_500; round++) {
                int lines = 1 + random.nextInt(24);
                SliceRun run = run(lines, random.nextBoolean() ? "m" : null, new BitSet(), SliceClaim.Past.NONE);
                AtomicInteger ends = new AtomicInteger();
                AtomicIntegerArray settled = new AtomicIntegerArray(lines);
                CountDownLatch go = new CountDownLatch(1);
                List<Future<?>> all = new ArrayList<>();
                for (int thread = 0; thread < 3; thread++) {
                    long own = random.nextLong();
                    all.add(threads.submit(() -> {
                        go.await();
                        lane(run, new Random(own), ends, settled);
                        return null;
                    }));
                }
                boolean stops = random.nextInt(3) > 0;
                int spins = random.nextInt(300);
                all.add(threads.submit(() -> {
                    go.await();
                    for (int i = 0; i < spins; i++) {
                        Thread.onSpinWait();
                    }
                    if (stops && run.stop()) {
                        ends.incrementAndGet();
                    }
                    return null;
                }));
                go.countDown();
                for (Future<?> one : all) {
                    one.get();
                }
                assertThat(run.open()).as("seed %d round %d", seed, round).isZero();
                assertThat(ends.get()).as("seed %d round %d", seed, round).isEqualTo(1);
                for (int line = 0; line < lines; line++) {
                    assertThat(settled.get(line))
                            .as("seed %d round %d", seed, round)
                            .isLessThanOrEqualTo(1);
                    assertThat(settled.get(line) == 1 || stops).isTrue();
                }
            }
        }
    }

    private static void lane(SliceRun run, Random random, AtomicInteger ends, AtomicIntegerArray settled) {
        int inChunk = 0;
        for (LineGroup group : run.groups()) {
            for (int line = group.take(); line >= 0; line = group.take()) {
                int index = run.indexInSlice(line);
                settled.incrementAndGet(index);
                if (random.nextInt(5) == 0) {
                    count(ends, run.giveBack(index, new Waiting(1, random.nextInt(10))));
                } else {
                    run.answered(index);
                    inChunk++;
                }
                if (inChunk > 0 && random.nextInt(3) == 0) {
                    count(ends, run.durable(inChunk, random.nextInt(100)));
                    inChunk = 0;
                }
            }
        }
        if (inChunk > 0) {
            count(ends, run.durable(inChunk, 100));
        }
    }

    private static void count(AtomicInteger ends, boolean end) {
        if (end) {
            ends.incrementAndGet();
        }
    }

    private static List<Integer> drain(SliceRun run, LineGroup group) {
        List<Integer> indexes = new ArrayList<>();
        for (int line = group.take(); line >= 0; line = group.take()) {
            indexes.add(run.indexInSlice(line));
        }
        return indexes;
    }

    static SliceRun run(int lines, @Nullable String model, BitSet done, SliceClaim.Past past) {
        return new SliceRun(claim(lines, model, past), lines(lines, model), new RedeliveryScan.Done(done, 0), 2);
    }

    static SliceClaim claim(int lines, @Nullable String model, SliceClaim.Past past) {
        return new SliceClaim(
                new SliceId("batch_x", 7),
                1,
                "holder",
                "file-1",
                "/v1/chat/completions",
                0,
                1,
                1,
                lines,
                model,
                null,
                0,
                0,
                null,
                past);
    }

    /** Request lines of one model, or of {@code m0} and {@code m1} by turns. */
    private static byte[] lines(int count, @Nullable String model) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(
                    "{\"custom_id\":\"c%d\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"%s\"}}\n"
                            .formatted(i, model == null ? "m" + i % 2 : model));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
