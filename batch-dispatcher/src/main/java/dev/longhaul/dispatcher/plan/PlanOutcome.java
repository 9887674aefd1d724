package dev.longhaul.dispatcher.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What reading an input file came to. Only after {@link Valid} do the slices that went to the sink count. */
public sealed interface PlanOutcome {

    /**
     * Each line is valid.
     *
     * @param bytes the sum of the slices' lengths
     * @param soleModel the model of all lines, or null when they mix models
     */
    record Valid(
            long lines, int slices, long bytes, @Nullable String soleModel) implements PlanOutcome {}

    /**
     * The batch fails.
     *
     * @param problems never empty: one for the file, or one for each bad line in line order, the first {@value
     *     Problems#LISTED}, and then one that says how many more there are
     */
    record Invalid(List<PlanProblem> problems) implements PlanOutcome {
        public Invalid {
            problems = List.copyOf(problems);
        }
    }

    /** The caller's cancellation check said so. */
    record Stopped() implements PlanOutcome {}
}
