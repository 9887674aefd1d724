package dev.longhaul.dispatcher.plan;

import static dev.longhaul.dispatcher.plan.PlanTester.chat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DuplicateIdsTest {
    private final PlanTester tester = new PlanTester();

    @Test
    void theLaterLineIsReportedAndTheFirstNamed() {
        assertThat(tester.problems(chat("a") + "\n" + chat("b") + "\n" + chat("a") + "\n" + chat("a") + "\n"))
                .containsExactly(duplicate("a", 3, 1), duplicate("a", 4, 1));
        assertThat(tester.opened).isEqualTo(2);
    }

    @Test
    void idsAreComparedDecoded() {
        assertThat(tester.problems(
                        chat("\\u0061b") + "\n" + chat("ab") + "\n" + chat("\\ud83d\\ude00") + "\n" + chat("😀")))
                .containsExactly(duplicate("ab", 2, 1), duplicate("😀", 4, 3));
    }

    @Test
    void idsThatOnlyLookAlikePass() {
        String text = String.join(
                "\n",
                chat("a"),
                chat("A"),
                chat("a "),
                chat("\\\\u0061"),
                chat("\\ud800"),
                chat("?"),
                chat("\\udc00"),
                chat("\ufffd"),
                chat("\\u0000"),
                chat("\\u0001"),
                chat("\\n"),
                chat("\u00e9"),
                chat("e\u0301"),
                chat("\u202ea"),
                chat("\u00a0"));
        assertThat(tester.valid(text).lines()).isEqualTo(15);
    }

    @Test
    void aLineThatBreaksAnotherRuleStillHasItsId() {
        String badUrl = chat("a").replace("/v1/chat", "/v1/chap");

        assertThat(tester.problems(badUrl + "\n" + chat("a")))
                .extracting(PlanProblem::code)
                .containsExactly("invalid_url", "duplicate_custom_id");
        assertThat(tester.problems(chat("a") + "\n" + badUrl))
                .extracting(PlanProblem::code)
                .containsExactly("invalid_url");
    }

    @Test
    void differentIdsOfOneHashAreNoDuplicates() {
        tester.hash = (array, offset, length) -> 42;
        assertThat(tester.valid(lines(ids(5000))).lines()).isEqualTo(5000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 50})
    void duplicatesAreFoundAmongCollisions(int hashes) {
        tester.hash = (array, offset, length) -> array[offset + length - 1] % hashes;
        List<String> ids = ids(3000);
        ids.set(2999, ids.get(7));
        ids.set(1500, ids.get(1499));

        assertThat(tester.problems(lines(ids)))
                .containsExactly(duplicate(ids.get(1499), 1501, 1500), duplicate(ids.get(7), 3000, 8));
    }

    @Test
    void aFileBeyondTheBudgetIsReadInPartsAndNoDuplicateIsMissed() {
        tester.limits(100_000, 1000, 512, 1 << 20, 1024);
        Random random = new Random(5);
        for (int round = 0; round < 20; round++) {
            List<String> ids = ids(2000 + random.nextInt(200));
            Collections.shuffle(ids, random);
            int first = random.nextInt(ids.size() - 1);
            int second = first + 1 + random.nextInt(ids.size() - first - 1);
            ids.set(second, ids.get(first));

            assertThat(tester.problems(lines(ids))).containsExactly(duplicate(ids.get(first), second + 1, first + 1));

            // 192 hashes fit: at least 11 passes, and few more; one to decide.
            assertThat(tester.opened).isBetween(11, 30);
        }
    }

    @Test
    void aFileBeyondTheBudgetWithoutDuplicatesIsValid() {
        tester.limits(100_000, 1000, 512, 1 << 20, 1024);
        assertThat(tester.valid(lines(ids(3000))).lines()).isEqualTo(3000);
    }

    @Test
    void allTheSameIdIsBoundedAndCountedAtLeast() {
        tester.limits(100_000, 1000, 512, 1 << 20, 1024);

        List<PlanProblem> problems = tester.problems((chat("a") + "\n").repeat(40_000));

        assertThat(problems).hasSize(1001).startsWith(duplicate("a", 2, 1)).contains(duplicate("a", 1001, 1));
        assertThat(problems.getLast().message())
                .isEqualTo("Only the first 1000 bad lines are listed. There are at least 38999 more.");
    }

    @Test
    void manyPairsBeyondTheBudgetGiveTheFirstThousandInOrder() {
        tester.limits(100_000, 1000, 512, 1 << 20, 1024);
        List<String> ids = ids(2000);
        ids.addAll(ids(2000));

        List<PlanProblem> problems = tester.problems(lines(ids));

        assertThat(problems).hasSize(1001);
        for (int i = 0; i < 1000; i++) {
            assertThat(problems.get(i)).isEqualTo(duplicate(ids.get(i), 2001 + i, 1 + i));
        }
        assertThat(problems.getLast().message()).endsWith("There are 1000 more.");
    }

    @Test
    void longIdsAreQuotedShortenedButComparedWhole() {
        String id = "x".repeat(5000);
        List<PlanProblem> problems = tester.problems(lines(List.of(id + "1", id + "2", id + "1")));

        assertThat(problems).hasSize(1);
        assertThat(problems.getFirst().line()).isEqualTo(3);
        assertThat(problems.getFirst().message().length()).isLessThan(200);
    }

    private static List<String> ids(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add("request-" + i);
        }
        return ids;
    }

    private static String lines(List<String> ids) {
        StringBuilder text = new StringBuilder();
        ids.forEach(id -> text.append(chat(id)).append('\n'));
        return text.toString();
    }

    private static PlanProblem duplicate(String id, long line, long first) {
        return new PlanProblem(
                "duplicate_custom_id",
                "The custom_id '" + id + "' was already used in line " + first + ".",
                "custom_id",
                line);
    }
}
