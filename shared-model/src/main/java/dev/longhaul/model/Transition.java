package dev.longhaul.model;

import static dev.longhaul.model.BatchStatus.CANCELLED;
import static dev.longhaul.model.BatchStatus.CANCELLING;
import static dev.longhaul.model.BatchStatus.COMPLETED;
import static dev.longhaul.model.BatchStatus.EXPIRED;
import static dev.longhaul.model.BatchStatus.FAILED;
import static dev.longhaul.model.BatchStatus.FINALIZING;
import static dev.longhaul.model.BatchStatus.IN_PROGRESS;
import static dev.longhaul.model.BatchStatus.VALIDATING;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The one table of batch status changes; nothing else may change a status. */
public enum Transition {
    START(Set.of(VALIDATING), IN_PROGRESS, "dispatcher", "the plan is stored"),
    REJECT(Set.of(VALIDATING), FAILED, "dispatcher", "the input file is invalid"),
    FINALIZE(Set.of(IN_PROGRESS), FINALIZING, "finalizer", "every line has an outcome and no stop reason is set"),
    COMPLETE(Set.of(FINALIZING), COMPLETED, "finalizer", "the result files are published"),
    CANCEL(
            Set.of(VALIDATING, IN_PROGRESS),
            CANCELLING,
            "api, finalizer",
            "the tenant cancels; more lines failed than `max_errors` allows"),
    END_CANCELLED(Set.of(CANCELLING), CANCELLED, "finalizer", "every line has an outcome and the files are published"),
    EXPIRE(
            Set.of(VALIDATING, IN_PROGRESS),
            EXPIRED,
            "finalizer",
            "the window is over, every line has an outcome and the files are published");

    private final Set<BatchStatus> from;
    private final BatchStatus to;
    private final String who;
    private final String when;

    Transition(Set<BatchStatus> from, BatchStatus to, String who, String when) {
        this.from = from;
        this.to = to;
        this.who = who;
        this.when = when;
    }

    /** The statuses that allow this transition. */
    public Set<BatchStatus> from() {
        return from;
    }

    /** The status it leads to. */
    public BatchStatus to() {
        return to;
    }

    /** The service that takes it. */
    public String who() {
        return who;
    }

    /** The condition under which it is taken, in words. */
    public String when() {
        return when;
    }

    /** The transitions that a batch of that status may take. */
    public static Set<Transition> from(BatchStatus status) {
        return Arrays.stream(values()).filter(t -> t.from.contains(status)).collect(Collectors.toUnmodifiableSet());
    }

    /** The wire names of {@link #from()}, for a conditional update. */
    public List<String> fromWireNames() {
        return from.stream().map(BatchStatus::wireName).sorted().toList();
    }
}
