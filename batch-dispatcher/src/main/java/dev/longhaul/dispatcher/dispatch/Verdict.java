package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.backend.ModelGate.Standing;
import dev.longhaul.dispatcher.backend.Refusal;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What to do with a line after a call: a pure function of the answer, the calls so far, and what the refusal means beside the answers
 * to other lines. See docs/decisions/backend-states.md.
 */
sealed interface Verdict {
    /** The answer is the line's result. */
    record Answered(Answer.Whole answer) implements Verdict {}

    /** The line ends without a usable answer. */
    record Failed(String code, String message) implements Verdict {}

    /**
     * Once more, after a while.
     *
     * @param counts whether this call was one of the line's attempts
     */
    record Again(long delayMillis, boolean counts) implements Verdict {}

    /** Once more as soon as the backend takes calls; this one did not count. */
    record WhenBack() implements Verdict {}

    long BASE_MILLIS = 500;
    long MAX_BACKOFF_MILLIS = 30_000;
    /** A refusal is tried again sooner than that: a model that refuses everything is shut anyway. */
    long MAX_REFUSED_MILLIS = 4_000;

    long ALONE_NANOS = TimeUnit.MINUTES.toNanos(15);

    /**
     * The calls of a line so far, this one included.
     *
     * @param attempts those that count, this one with them
     * @param calls all of this claim
     * @param most the attempts it may have
     */
    record Tried(int attempts, int calls, int most) {}

    /**
     * Judges a call.
     *
     * @param standing what a refusal means; null when the answer is none
     * @param keyIsGood whether the backend took our key for its list of models
     */
    static Verdict of(
            Answer answer, Tried tried, @Nullable Standing standing, boolean keyIsGood, RandomGenerator random) {
        if (standing != null) {
            return refused(answer, tried, standing, keyIsGood, random);
        }
        boolean last = tried.attempts() >= tried.most();
        Again again = new Again(backoff(tried.calls(), random), true);
        return switch (answer) {
            case Answer.Whole whole
            when whole.isSuccess() && !whole.json() ->
                last ? new Failed("invalid_response", "The backend's answer is not JSON.") : again;
            case Answer.Whole whole -> new Answered(whole);
            case Answer.Unusable unusable -> new Failed(unusable.code(), unusable.message());
            case Answer.Cut cut ->
                last ? new Failed("invalid_response", "The backend's answer broke off: " + cut.detail()) : again;
            case Answer.HeldUp heldUp -> new WhenBack();
            case Answer.TimedOut timedOut ->
                last
                        ? new Failed(
                                "request_timeout",
                                "The backend did not answer within " + timedOut.millis() / 1000.0 + " s.")
                        : again;
            case Answer.Broken broken -> given(broken);
            case Answer.Unreachable unreachable -> given(new Answer.Broken(unreachable.detail()));
        };
    }

    private static Verdict refused(
            Answer answer, Tried tried, Standing standing, boolean keyIsGood, RandomGenerator random) {
        boolean its = standing.counts() && tried.attempts() >= standing.proof();
        if (answer instanceof Answer.Whole whole) {
            boolean ofKey = whole.refusal() == Refusal.KEY && standing.counts();
            if (its || ofKey || (standing.alone() && isItsOwnAlone(whole, tried, standing, keyIsGood))) {
                return new Answered(whole);
            }
        }
        if (its && answer instanceof Answer.Broken broken) {
            return given(broken);
        }
        long asked = answer instanceof Answer.Whole whole ? whole.retryAfterMillis() : 0;
        long pause = Math.min(MAX_REFUSED_MILLIS, backoff(standing.counts() ? tried.attempts() : 1, random));
        return new Again(Math.max(asked, pause), standing.counts());
    }

    /**
     * What nobody else contradicts or confirms: a 403 from a backend that takes our key elsewhere, and a 500 for so long that hardly any
     * outage explains it. Gateways say other things of engines that are away.
     */
    private static boolean isItsOwnAlone(Answer.Whole whole, Tried tried, Standing standing, boolean keyIsGood) {
        return tried.calls() >= tried.most()
                && ((whole.statusCode() == 403 && keyIsGood)
                        || (whole.statusCode() == 500 && standing.silentNanos() >= ALONE_NANOS));
    }

    private static Failed given(Answer.Broken broken) {
        return new Failed("backend_unavailable", "The backend gave no answer: " + broken.detail());
    }

    /** Exponential with half of it left to chance. */
    private static long backoff(int calls, RandomGenerator random) {
        long full = Math.min(MAX_BACKOFF_MILLIS, BASE_MILLIS << Math.clamp(calls - 1, 0, 10));
        return full / 2 + random.nextLong(full / 2 + 1);
    }
}
