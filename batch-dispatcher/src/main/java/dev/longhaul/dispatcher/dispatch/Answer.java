package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.backend.Refusal;
import dev.longhaul.model.Usage;
import org.jspecify.annotations.Nullable;

/** What came of one call. */
sealed interface Answer {
    /** What it says about the backend; null when it says nothing against it. */
    default @Nullable Refusal refusal() {
        return switch (this) {
            case Unreachable unreachable -> Refusal.UNREACHABLE;
            case Broken broken -> Refusal.FAILING;
            case Whole whole -> whole.refusalOfStatus();
            case Cut cut -> null;
            case HeldUp heldUp -> null;
            case Unusable unusable -> null;
            case TimedOut timedOut -> null;
        };
    }

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

        boolean isRedirect() {
            return statusCode >= 300 && statusCode < 400;
        }

        private @Nullable Refusal refusalOfStatus() {
            return switch (statusCode) {
                case 401, 403 -> Refusal.KEY;
                case 429, 529 -> Refusal.FULL;
                case 503 -> Refusal.UNAVAILABLE;
                case 408, 425 -> Refusal.FAILING;
                default -> statusCode >= 500 ? Refusal.FAILING : null;
            };
        }
    }

    /** The answer broke off after its status line. */
    record Cut(String detail) implements Answer {}

    /** The answer broke off after we had kept its backend waiting for memory of ours, which says nothing of backend or line. */
    record HeldUp() implements Answer {}

    /**
     * The answer cannot be a result, and would be no other next time: too large, a redirect.
     *
     * @param code the error code of its line
     */
    record Unusable(String code, String message) implements Answer {
        private static final int MOST_TARGET = 200;

        /** The target is told without its query, which may carry a secret. */
        static Unusable redirect(int statusCode, @Nullable String location) {
            String target = location == null ? "nowhere" : location.replaceFirst("[?#].*", "");
            return new Unusable(
                    "backend_redirect",
                    "The backend answered " + statusCode + " with a redirect to "
                            + target.substring(0, Math.min(target.length(), MOST_TARGET))
                            + ". Redirects are not followed: the backend's url must name where it answers itself.");
        }

        static Unusable coded(String coding) {
            return new Unusable(
                    "invalid_response",
                    "The backend's answer has the content coding '"
                            + coding.substring(0, Math.min(coding.length(), MOST_TARGET))
                            + "', which was not asked for and cannot be undone.");
        }

        static Unusable tooLarge(int limit) {
            return new Unusable("invalid_response", "The backend's answer is larger than " + limit + " bytes.");
        }
    }

    /** Nobody listens, or no connection could be made: nothing was sent. */
    record Unreachable(String detail) implements Answer {}

    /** No answer in time. */
    record TimedOut(long millis) implements Answer {}

    /** The connection broke before an answer began. */
    record Broken(String detail) implements Answer {}
}
