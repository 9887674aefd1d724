package dev.longhaul.dispatcher.plan;

import java.util.Locale;

/** Why a plan was put back, and so when it is tried again: after half of the time that it has waited for that reason, within bounds. */
enum PlanWait {
    /** Backends have not said yet which models they serve. */
    MODELS(15),
    /** S3 says that it does not have the input file, or less of it than there was. */
    INPUT(30),
    /** A store is away or slow. */
    STORE(5),
    /** The planner itself failed. */
    ERROR(60);

    private static final double FIRST_SECONDS = 1;

    private final double mostSeconds;

    PlanWait(double mostSeconds) {
        this.mostSeconds = mostSeconds;
    }

    /** How long the next attempt waits for, when the batch has waited that long for this reason. */
    double delaySeconds(double waitedSeconds) {
        return Math.clamp(waitedSeconds / 2, FIRST_SECONDS, mostSeconds);
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static PlanWait ofWireName(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
