package dev.longhaul.dispatcher.plan;

import static dev.longhaul.dispatcher.plan.PlanTester.chat;
import static dev.longhaul.dispatcher.plan.PlanTester.linesOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Plans of some lines of a file. */
class LineChoiceTest {
    private final List<PlannedSlice> slices = new ArrayList<>();

    @Test
    void aSliceGoesFromTheFirstChosenLineToTheLastAndNamesTheOthers() throws IOException {
        byte[] file = file(20);

        PlanOutcome outcome = plan(file, 512, line -> line == 3 || line == 4 || line == 9);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        PlanOutcome.Valid.class,
                        valid -> assertThat(valid.lines()).isEqualTo(3));
        assertThat(slices).hasSize(1);
        assertThat(slices.getFirst().firstLine()).isEqualTo(3);
        assertThat(slices.getFirst().lines()).isEqualTo(7);
        assertThat(leftOut(slices.getFirst())).containsExactly(2, 3, 4, 5);
        assertThat(linesOf(slices.getFirst(), file)).hasSize(7).first().isEqualTo(chat("c3"));
    }

    @Test
    void aBadLineThatIsNotChosenIsNotLookedAt() throws IOException {
        byte[] file = (chat("a") + "\nnonsense\n\n" + chat("a") + "\n" + chat("b", "gone") + "\n").getBytes(UTF_8);

        assertThat(plan(file, 512, line -> line == 1)).isInstanceOf(PlanOutcome.Valid.class);
        assertThat(plan(file, 512, line -> line == 5)).isInstanceOf(PlanOutcome.Invalid.class);
    }

    @Test
    void aChoiceOfNothingFailsTheBatch() throws IOException {
        assertThat(plan(file(3), 512, line -> false))
                .isInstanceOfSatisfying(
                        PlanOutcome.Invalid.class,
                        invalid ->
                                assertThat(invalid.problems().getFirst().code()).isEqualTo("nothing_to_retry"));
    }

    @Test
    void anyChoiceIsCoveredOnceBySlicesWithinTheirBounds() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] file = file(1 + random.nextInt(60));
            int all = plan(file, 8, LineChoice.ALL) instanceof PlanOutcome.Valid valid ? valid.slices() : 0;
            BitSet chosen = new BitSet();
            IntStream.rangeClosed(1, 60).filter(line -> random.nextInt(3) == 0).forEach(chosen::set);
            if (!(plan(file, 8, line -> chosen.get((int) line)) instanceof PlanOutcome.Valid)) {
                continue;
            }

            BitSet covered = new BitSet();
            for (PlannedSlice slice : slices) {
                assertThat(slice.lines()).as("seed " + seed).isBetween(1, 8);
                assertThat(linesOf(slice, file)).as("seed " + seed).hasSize(slice.lines());
                List<Integer> leftOut = leftOut(slice);
                assertThat(leftOut).doesNotContain(0, slice.lines() - 1);
                for (int line = 0; line < slice.lines(); line++) {
                    if (!leftOut.contains(line)) {
                        int number = (int) slice.firstLine() + line;
                        assertThat(covered.get(number)).as("seed " + seed).isFalse();
                        covered.set(number);
                    }
                }
            }
            chosen.clear(linesIn(file) + 1, 100);
            assertThat(covered).as("seed " + seed).isEqualTo(chosen);
            assertThat(slices.size()).as("seed " + seed).isLessThanOrEqualTo(all);
        }
    }

    private static int linesIn(byte[] file) {
        return (int) new String(file, UTF_8).lines().count();
    }

    private PlanOutcome plan(byte[] file, int sliceLines, LineChoice choice) throws IOException {
        slices.clear();
        PlanLimits limits = new PlanLimits(1_000, 1 << 20, sliceLines, 1 << 20, 1 << 10, Long.MAX_VALUE);
        PlanRequest request = new PlanRequest(
                () -> new ByteArrayInputStream(file),
                file.length,
                PlanTester.CHAT,
                LineChoiceTest::servedAt,
                false,
                null,
                choice);
        return new InputPlanner(limits).plan(request, slices::addAll, (read, toRead) -> {}, () -> false);
    }

    private static List<String> servedAt(String model) {
        return model.equals("m") ? List.of(PlanTester.CHAT) : List.of();
    }

    private static byte[] file(int lines) {
        return IntStream.rangeClosed(1, lines)
                .mapToObj(line -> chat("c" + line) + "\n")
                .collect(Collectors.joining())
                .getBytes(UTF_8);
    }

    private static List<Integer> leftOut(PlannedSlice slice) {
        byte[] bits = slice.leftOut();
        return bits == null ? List.of() : BitSet.valueOf(bits).stream().boxed().toList();
    }
}
