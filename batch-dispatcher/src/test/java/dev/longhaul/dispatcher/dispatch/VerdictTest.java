package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.dispatcher.backend.ModelGate.Standing;
import dev.longhaul.dispatcher.backend.Refusal;
import dev.longhaul.dispatcher.dispatch.Verdict.Tried;
import dev.longhaul.model.Usage;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictTest {
    private static final int ATTEMPTS = 5;
    /** Others succeed, and so many proofs are needed as there may be attempts but one. */
    private static final Standing COUNTS = new Standing(true, ATTEMPTS - 1, false, 0);

    private static final Standing NOTHING_LOST = new Standing(false, ATTEMPTS - 1, false, Long.MAX_VALUE);
    private static final Standing ALONE = new Standing(false, ATTEMPTS - 1, true, 0);
    private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

    @Test
    void aWholeJsonAnswerOfSuccessIsTheResult() {
        Answer.Whole answer = whole(200, true, -1);
        IntStream.rangeClosed(1, ATTEMPTS + 1)
                .forEach(attempt -> assertThat(judge(answer, attempt)).isEqualTo(new Verdict.Answered(answer)));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 402, 404, 409, 413, 422, 499})
    void aRefusalOfTheRequestIsTheResultAtOnce(int status) {
        assertThat(whole(status, true, -1).refusal()).isNull();
        assertThat(judge(whole(status, true, -1), 1)).isInstanceOf(Verdict.Answered.class);
        assertThat(judge(whole(status, false, -1), 1)).isInstanceOf(Verdict.Answered.class);
    }

    @ParameterizedTest
    @CsvSource({
        "401, KEY",
        "403, KEY",
        "408, FAILING",
        "425, FAILING",
        "429, FULL",
        "500, FAILING",
        "501, FAILING",
        "502, FAILING",
        "503, UNAVAILABLE",
        "504, FAILING",
        "529, FULL",
        "599, FAILING"
    })
    void aRefusalThatMayBeTheBackendsStateIsRetriedAsLongAsNothingElseSucceeds(int status, Refusal refusal) {
        Answer.Whole answer = whole(status, true, -1);
        assertThat(answer.refusal()).isEqualTo(refusal);
        for (int calls = 1; calls < 1_000; calls += 7) {
            assertThat(judge(answer, 1, calls, NOTHING_LOST, true))
                    .isInstanceOfSatisfying(
                            Verdict.Again.class,
                            again -> assertThat(again.counts()).isFalse());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 500, 502, 504, 599})
    void aLineThatFailsWhileOthersSucceedHasItsLastAnswerForAResult(int status) {
        for (int attempt = 1; attempt < ATTEMPTS - 1; attempt++) {
            assertThat(judge(whole(status, true, -1), attempt, attempt + 1, COUNTS, true))
                    .isInstanceOfSatisfying(
                            Verdict.Again.class,
                            again -> assertThat(again.counts()).isTrue());
        }
        assertThat(judge(whole(status, true, -1), ATTEMPTS - 1, ATTEMPTS, COUNTS, true))
                .isInstanceOf(Verdict.Answered.class);
        assertThat(judge(new Answer.Broken("reset"), ATTEMPTS - 1, ATTEMPTS, COUNTS, true))
                .isEqualTo(new Verdict.Failed("backend_unavailable", "The backend gave no answer: reset"));
    }

    @Test
    void aForbiddenLineIsItsOwnDoingWhenOthersSucceedWithOurKey() {
        assertThat(judge(whole(403, true, -1), 1, 2, COUNTS, false)).isInstanceOf(Verdict.Answered.class);
    }

    @Test
    void aForbiddenLineThatIsAloneIsItsOwnDoingWhenTheListOfModelsTakesOurKey() {
        assertThat(judge(whole(403, true, -1), 1, ATTEMPTS, ALONE, true)).isInstanceOf(Verdict.Answered.class);
        assertThat(judge(whole(403, true, -1), 1, ATTEMPTS - 1, ALONE, true)).isInstanceOf(Verdict.Again.class);
        assertThat(judge(whole(403, true, -1), 1, ATTEMPTS, ALONE, false)).isInstanceOf(Verdict.Again.class);
        assertThat(judge(whole(401, true, -1), 1, ATTEMPTS, ALONE, true)).isInstanceOf(Verdict.Again.class);
    }

    @Test
    void a500ForOneLineAloneIsItsOwnDoingAfterAQuarterOfAnHourAndAGatewaysWordIsNot() {
        Standing forLong = new Standing(false, ATTEMPTS - 1, true, TimeUnit.MINUTES.toNanos(15));
        assertThat(judge(whole(500, true, -1), 1, ATTEMPTS, forLong, true)).isInstanceOf(Verdict.Answered.class);
        assertThat(judge(whole(500, true, -1), 1, ATTEMPTS, ALONE, true)).isInstanceOf(Verdict.Again.class);
        for (int status : new int[] {401, 429, 502, 503, 504}) {
            assertThat(judge(whole(status, true, -1), 1, ATTEMPTS, forLong, true))
                    .isInstanceOf(Verdict.Again.class);
        }
    }

    @Test
    void anHoursWaitIsHonoured() {
        assertThat(judge(whole(429, true, 3_600_000), 1, 1, NOTHING_LOST, true))
                .isEqualTo(new Verdict.Again(3_600_000, false));
    }

    @Test
    void aWaitShorterThanTheBackoffIsNot() {
        assertThat(again(judge(whole(429, true, 0), 1, 1, NOTHING_LOST, true)).delayMillis())
                .isBetween(250L, 500L);
    }

    @Test
    void theBackoffDoublesUpToItsBoundAndKeepsHalfOfItToChance() {
        for (int calls = 1; calls < 40; calls++) {
            long full = calls > 7 ? 30_000 : Math.min(30_000, 500L << (calls - 1));
            assertThat(again(Verdict.of(new Answer.Cut("closed"), new Tried(1, calls, 100), null, true, random))
                            .delayMillis())
                    .isBetween(full / 2, full);
            long refused = again(judge(new Answer.Broken("reset"), 1, calls, NOTHING_LOST, true))
                    .delayMillis();
            assertThat(refused).as("what lost nothing comes soon").isBetween(250L, 500L);
            long counted = again(judge(new Answer.Broken("reset"), Math.min(calls, 3), calls, COUNTS, true))
                    .delayMillis();
            assertThat(counted).isBetween(250L << (Math.min(calls, 3) - 1), 500L << (Math.min(calls, 3) - 1));
        }
    }

    @Test
    void theLastAttemptWithoutAUsableAnswerFailsUnderACodeOfItsOwn() {
        assertThat(code(new Answer.Cut("closed"))).isEqualTo("invalid_response");
        assertThat(code(whole(200, false, -1))).isEqualTo("invalid_response");
        assertThat(code(new Answer.TimedOut(1_500))).isEqualTo("request_timeout");
        List.of(new Answer.Cut("closed"), whole(200, false, -1), new Answer.TimedOut(1_500))
                .forEach(answer ->
                        assertThat(again(judge(answer, ATTEMPTS - 1)).counts()).isTrue());
    }

    @Test
    void aTooLargeAnswerFailsAtOnceForItWouldBeNoSmallerNextTime() {
        assertThat(judge(Answer.Unusable.tooLarge(16), 1))
                .isEqualTo(new Verdict.Failed("invalid_response", "The backend's answer is larger than 16 bytes."));
    }

    @Test
    void anUnreachableBackendAndMemoryOfOursCostNoAttemptHoweverManyThereWere() {
        IntStream.rangeClosed(1, ATTEMPTS + 1).forEach(attempt -> {
            assertThat(judge(new Answer.Unreachable("refused"), attempt, attempt, NOTHING_LOST, true))
                    .isInstanceOfSatisfying(
                            Verdict.Again.class,
                            again -> assertThat(again.counts()).isFalse());
            assertThat(judge(new Answer.HeldUp(), attempt)).isEqualTo(new Verdict.WhenBack());
        });
    }

    private Verdict judge(Answer answer, int attempt) {
        return Verdict.of(answer, new Tried(attempt, attempt, ATTEMPTS), null, true, random);
    }

    private Verdict judge(Answer answer, int attempts, int calls, Standing standing, boolean keyIsGood) {
        return Verdict.of(answer, new Tried(attempts, calls, ATTEMPTS), standing, keyIsGood, random);
    }

    private String code(Answer answer) {
        return judge(answer, ATTEMPTS) instanceof Verdict.Failed failed ? failed.code() : "not failed";
    }

    private static Verdict.Again again(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Again.class);
        return (Verdict.Again) verdict;
    }

    private static Answer.Whole whole(int status, boolean json, long retryAfterMillis) {
        return new Answer.Whole(status, null, json, Usage.NONE, retryAfterMillis);
    }
}
