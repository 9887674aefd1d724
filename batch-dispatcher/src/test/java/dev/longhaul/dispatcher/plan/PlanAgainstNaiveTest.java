package dev.longhaul.dispatcher.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of small files: the planner and the naive reading of the contract come to the same. */
class PlanAgainstNaiveTest {
    private static final int FILES = 2000;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.02, 0.3})
    void planAndNaivePlanAgree(double badness) {
        int valid = 0;
        for (long seed = 0; seed < FILES; seed++) {
            Random random = new Random(31 * seed + Double.hashCode(badness));
            PlanTester tester = new PlanTester();
            tester.limits(1000, 500 + random.nextInt(1000), 1 + random.nextInt(10), 200 + random.nextInt(2000), 64);
            tester.oneModelOnly = random.nextInt(4) == 0;
            tester.readAtMost = 1 + random.nextInt(random.nextBoolean() ? 20 : 5000);
            if (random.nextInt(3) == 0) {
                int hashes = 1 + random.nextInt(40);
                tester.hash = (array, offset, length) -> Math.floorMod(
                                IntStream.range(offset, offset + length)
                                        .map(i -> array[i])
                                        .sum(),
                                hashes)
                        * 0x9E3779B97F4A7C15L;
            }
            byte[] file = new RandomFiles(random, badness).file();

            PlanOutcome outcome = tester.plan(file);

            String as = "seed " + seed;
            NaivePlan naive = new NaivePlan(file, tester);
            switch (outcome) {
                case PlanOutcome.Valid plan -> {
                    assertThat(naive.bad).as(as).isEmpty();
                    assertThat(plan.lines()).as(as).isEqualTo(naive.goodLines.size());
                    checkSlices(as, tester, file, naive);
                    valid++;
                }
                case PlanOutcome.Invalid invalid
                when naive.goodLines.isEmpty() && naive.bad.isEmpty() ->
                    assertThat(invalid.problems())
                            .as(as)
                            .extracting(PlanProblem::code)
                            .containsExactly("empty_file");
                case PlanOutcome.Invalid invalid ->
                    assertThat(invalid.problems().stream()
                                    .map(it ->
                                            new NaivePlan.Bad(it.code(), it.param(), Objects.requireNonNull(it.line())))
                                    .toList())
                            .as(as)
                            .isEqualTo(naive.bad);
                case PlanOutcome.Stopped stopped -> throw new AssertionError(as);
            }
        }
        assertThat(valid).isGreaterThan(badness == 0 ? 100 : 0);
    }

    private static void checkSlices(String as, PlanTester tester, byte[] file, NaivePlan naive) {
        List<String> lines = new ArrayList<>();
        long firstLine = 1;
        long offset = tester.slices.getFirst().offset();
        for (PlannedSlice slice : tester.slices) {
            List<String> ofSlice = PlanTester.linesOf(slice, file);
            assertThat(slice.offset()).as(as).isEqualTo(offset);
            assertThat(slice.firstLine()).as(as).isEqualTo(firstLine);
            assertThat(slice.lines())
                    .as(as)
                    .isEqualTo(ofSlice.size())
                    .isLessThanOrEqualTo(tester.limits.maxSliceLines());
            assertThat(slice.length() <= tester.limits.maxSliceBytes() || slice.lines() == 1)
                    .as(as)
                    .isTrue();
            Set<String> models =
                    Set.copyOf(naive.goodModels.subList((int) firstLine - 1, (int) firstLine - 1 + slice.lines()));
            assertThat(slice.model())
                    .as(as)
                    .isEqualTo(models.size() > 1 ? null : models.iterator().next());
            lines.addAll(ofSlice);
            firstLine += slice.lines();
            offset += slice.length();
        }
        assertThat(lines).as(as).isEqualTo(naive.goodLines);
    }
}
