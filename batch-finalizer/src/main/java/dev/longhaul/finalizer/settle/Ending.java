package dev.longhaul.finalizer.settle;

import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.StopReason;
import dev.longhaul.model.Transition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a batch ends all of whose lines have an outcome (or that was stopped before it had any). */
enum Ending {
    COMPLETED,
    CANCELLED,
    EXPIRED,
    /** It has ended already, or it is not ours to end. */
    NONE;

    /** The transitions that lead there, each taken where the status allows it; the last one publishes. */
    List<Transition> transitions() {
        return switch (this) {
            case COMPLETED -> List.of(Transition.FINALIZE, Transition.COMPLETE);
            case CANCELLED -> List.of(Transition.END_CANCELLED);
            case EXPIRED -> List.of(Transition.EXPIRE);
            case NONE -> List.of();
        };
    }

    static Ending of(BatchStatus status, @Nullable StopReason stop) {
        return switch (status) {
            case FINALIZING -> COMPLETED;
            case CANCELLING -> CANCELLED;
            case IN_PROGRESS -> stop == null ? COMPLETED : stop == StopReason.EXPIRED ? EXPIRED : NONE;
            case VALIDATING -> stop == StopReason.EXPIRED ? EXPIRED : NONE;
            case FAILED, COMPLETED, EXPIRED, CANCELLED -> NONE;
        };
    }
}
