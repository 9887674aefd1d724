package dev.longhaul.model;

/** Why a batch ends before all of its lines were served; set once, never changed. */
public enum StopReason {
    CANCELLED("cancelled", "batch_cancelled", "This request was not executed because the batch was cancelled."),
    EXPIRED("expired", "batch_expired", "This request could not be executed before the completion window expired."),
    ERROR_LIMIT(
            "error_limit",
            "batch_error_limit",
            "This request was not executed because more of the batch's requests failed than its max_errors allows.");

    private final String wireName;
    private final String errorCode;
    private final String message;

    StopReason(String wireName, String errorCode, String message) {
        this.wireName = wireName;
        this.errorCode = errorCode;
        this.message = message;
    }

    /** The value of {@code batch.stop_reason}. */
    public String wireName() {
        return wireName;
    }

    /** The {@code error.code} of a line that was not served for this reason. */
    public String errorCode() {
        return errorCode;
    }

    /** The {@code error.message} of such a line. */
    public String message() {
        return message;
    }

    /**
     * The reason of that wire name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static StopReason ofWireName(String wireName) {
        for (StopReason reason : values()) {
            if (reason.wireName.equals(wireName)) {
                return reason;
            }
        }
        throw new IllegalArgumentException("stop_reason: no stop reason is called '" + wireName + "'");
    }
}
