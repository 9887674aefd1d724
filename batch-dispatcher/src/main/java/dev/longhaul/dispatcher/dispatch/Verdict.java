package dev.longhaul.dispatcher.dispatch;

import java.util.random.RandomGenerator;

/** What to do with a line after a call: a pure function of the answer and the attempts so far. */
sealed interface Verdict {
    /** The answer is the line's result. */
    record Answered(Answer.Whole answer) implements Verdict {}

    /** The line ends without a usable answer. */
    record Failed(String code, String message) implements Verdict {}

    /** Once more, after a while. */
    record Again(long delayMillis, boolean overload) implements Verdict {}

    /** Once more as soon as the backend takes calls; this one did not count. */
    record WhenBack() implements Verdict {}

    long BASE_MILLIS = 500;
    long MAX_BACKOFF_MILLIS = 30_000;

    /**
     * Judges a call.
     *
     * @param attempt which attempt it was, from 1
     * @param attempts how many there may be
     */
    static Verdict of(Answer answer, int attempt, int attempts, RandomGenerator random) {
        boolean last = attempt >= attempts;
        return switch (answer) {
            case Answer.Whole whole when whole.isSuccess() && whole.json() -> new Answered(whole);
            case Answer.Whole whole
            when whole.isSuccess() ->
                last
                        ? new Failed("invalid_response", "The backend's answer is not JSON.")
                        : new Again(backoff(attempt, random), false);
            case Answer.Whole whole
            when isTransient(whole.statusCode()) && !last ->
                new Again(Math.max(whole.retryAfterMillis(), backoff(attempt, random)), true);
            case Answer.Whole whole -> new Answered(whole);
            case Answer.TooLarge tooLarge ->
                new Failed("invalid_response", "The backend's answer is larger than " + tooLarge.limit() + " bytes.");
            case Answer.Cut cut ->
                last
                        ? new Failed("invalid_response", "The backend's answer broke off: " + cut.detail())
                        : new Again(backoff(attempt, random), false);
            case Answer.Unreachable unreachable -> new WhenBack();
            case Answer.HeldUp heldUp -> new WhenBack();
            case Answer.TimedOut timedOut ->
                last
                        ? new Failed(
                                "request_timeout",
                                "The backend did not answer within " + timedOut.millis() / 1000.0 + " s.")
                        : new Again(backoff(attempt, random), true);
            case Answer.Broken broken ->
                last
                        ? new Failed("backend_unavailable", "The backend gave no answer: " + broken.detail())
                        : new Again(backoff(attempt, random), false);
        };
    }

    private static boolean isTransient(int statusCode) {
        return statusCode == 408 || statusCode == 429 || statusCode >= 500;
    }

    /** Exponential with half of it left to chance. */
    private static long backoff(int attempt, RandomGenerator random) {
        long full = Math.min(MAX_BACKOFF_MILLIS, BASE_MILLIS << Math.min(attempt - 1, 10));
        return full / 2 + random.nextLong(full / 2 + 1);
    }
}
