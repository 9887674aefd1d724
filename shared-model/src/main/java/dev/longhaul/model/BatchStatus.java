package dev.longhaul.model;

import java.util.Arrays;
import java.util.Locale;

/** A batch's status, in OpenAI's words. */
public enum BatchStatus {
    VALIDATING,
    FAILED,
    IN_PROGRESS,
    FINALIZING,
    COMPLETED,
    EXPIRED,
    CANCELLING,
    CANCELLED;

    private final String wireName = name().toLowerCase(Locale.ROOT);

    /** The name on the wire and in PostgreSQL, for instance {@code in_progress}. */
    public String wireName() {
        return wireName;
    }

    /** The column that the transition into this status sets, for instance {@code in_progress_at}; {@code validating} has {@code created_at}. */
    public String timestampColumn() {
        return this == VALIDATING ? "created_at" : wireName + "_at";
    }

    /** Whether a batch of this status never changes again. */
    public boolean isTerminal() {
        return Transition.from(this).isEmpty();
    }

    /**
     * The status of that wire name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static BatchStatus ofWireName(String wireName) {
        return Arrays.stream(values())
                .filter(status -> status.wireName.equals(wireName))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("status: no batch status is called '" + wireName + "'"));
    }
}
