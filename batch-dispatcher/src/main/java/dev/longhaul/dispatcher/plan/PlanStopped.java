package dev.longhaul.dispatcher.plan;

/** Carries a cancellation from inside a read up to the planner, which turns it into an outcome. */
final class PlanStopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    PlanStopped() {
        super("the plan was cancelled", null, false, false);
    }
}
