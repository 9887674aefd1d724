package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.model.Usage;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictTest {
    private static final int ATTEMPTS = 5;
    private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

    @Test
    void aWholeJsonAnswerOfSuccessIsTheResult() {
        Answer.Whole answer = whole(200, true, -1);
        IntStream.rangeClosed(1, ATTEMPTS + 1)
                .forEach(attempt -> assertThat(judge(answer, attempt)).isEqualTo(new Verdict.Answered(answer)));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 400, 401, 403, 404, 409, 413, 422, 499})
    void aRefusalOfTheRequestIsTheResultAtOnce(int status) {
        assertThat(judge(whole(status, true, -1), 1)).isInstanceOf(Verdict.Answered.class);
        assertThat(judge(whole(status, false, -1), 1)).isInstanceOf(Verdict.Answered.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504, 529, 599})
    void anOverloadedBackendIsAskedAgainAndItsLastAnswerIsTheResult(int status) {
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            assertThat(judge(whole(status, true, -1), attempt))
                    .isInstanceOfSatisfying(
                            Verdict.Again.class,
                            again -> assertThat(again.overload()).isTrue());
        }
        assertThat(judge(whole(status, true, -1), ATTEMPTS)).isInstanceOf(Verdict.Answered.class);
    }

    @Test
    void anHoursWaitIsHonoured() {
        assertThat(judge(whole(429, true, 3_600_000), 1)).isEqualTo(new Verdict.Again(3_600_000, true));
    }

    @Test
    void aWaitShorterThanTheBackoffIsNot() {
        assertThat(again(judge(whole(429, true, 0), 1)).delayMillis()).isBetween(250L, 500L);
    }

    @Test
    void theBackoffDoublesUpToItsBoundAndKeepsHalfOfItToChance() {
        Answer broken = new Answer.Broken("reset");
        for (int attempt = 1; attempt < 40; attempt++) {
            long full = attempt > 7 ? 30_000 : Math.min(30_000, 500L << (attempt - 1));
            assertThat(again(Verdict.of(broken, attempt, 100, random)).delayMillis())
                    .isBetween(full / 2, full);
        }
    }

    @Test
    void whatIsNoFaultOfTheBackendsLoadIsNoOverload() {
        List<Answer> answers = List.of(new Answer.Cut("closed"), new Answer.Broken("reset"), whole(200, false, -1));
        answers.forEach(answer -> assertThat(again(judge(answer, 1)).overload()).isFalse());
        assertThat(again(judge(new Answer.TimedOut(600_000), 1)).overload()).isTrue();
    }

    @Test
    void theLastAttemptWithoutAUsableAnswerFailsUnderACodeOfItsOwn() {
        assertThat(code(new Answer.Cut("closed"))).isEqualTo("invalid_response");
        assertThat(code(whole(200, false, -1))).isEqualTo("invalid_response");
        assertThat(code(new Answer.TimedOut(1_500))).isEqualTo("request_timeout");
        assertThat(code(new Answer.Broken("reset"))).isEqualTo("backend_unavailable");
    }

    @Test
    void aTooLargeAnswerFailsAtOnceForItWouldBeNoSmallerNextTime() {
        assertThat(judge(new Answer.TooLarge(16), 1))
                .isEqualTo(new Verdict.Failed("invalid_response", "The backend's answer is larger than 16 bytes."));
    }

    @Test
    void anUnreachableBackendAndMemoryOfOursCostNoAttemptHoweverManyThereWere() {
        IntStream.rangeClosed(1, ATTEMPTS + 1)
                .forEach(attempt -> assertThat(List.of(
                                judge(new Answer.Unreachable("refused"), attempt), judge(new Answer.HeldUp(), attempt)))
                        .containsOnly(new Verdict.WhenBack()));
    }

    private Verdict judge(Answer answer, int attempt) {
        return Verdict.of(answer, attempt, ATTEMPTS, random);
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
