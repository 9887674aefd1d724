package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.Usage;
import org.jspecify.annotations.Nullable;

/** What came of one call. */
sealed interface Answer {
    /**
     * A whole answer of any status.
     *
     * @param json whether its body is one JSON value
     * @param retryAfterMillis what its {@code Retry-After} asks for, or -1
     */
    record Whole(int statusCode, @Nullable String requestId, boolean json, Usage usage, long retryAfterMillis)
            implements Answer {
        boolean isSuccess() {
            return statusCode >= 200 && statusCode < 300;
        }
    }

    /** The answer broke off after its status line. */
    record Cut(String detail) implements Answer {}

    /** The answer broke off after we had kept its backend waiting for memory of ours, which says nothing of backend or line. */
    record HeldUp() implements Answer {}

    /** The answer is larger than configured. */
    record TooLarge(int limit) implements Answer {}

    /** Nobody listens, or no connection could be made: the backend is down, and the line lost nothing. */
    record Unreachable(String detail) implements Answer {}

    /** No answer in time. */
    record TimedOut(long millis) implements Answer {}

    /** The connection broke before an answer began. */
    record Broken(String detail) implements Answer {}
}
