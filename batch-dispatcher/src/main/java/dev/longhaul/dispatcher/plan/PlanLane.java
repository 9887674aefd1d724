package dev.longhaul.dispatcher.plan;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Plans that share slots. The lanes keep plans of unlike length and of unlike stores apart: what S3 holds up delays no input that is kept
 * in PostgreSQL, and a large file delays no small one. The bounds are those of the index {@code batch_to_plan}.
 */
enum PlanLane {
    /** Files that are kept in PostgreSQL. Reading a batch's error file may need S3. */
    INLINE(0, "input_bytes <= 65536 and retry_file_id is null", 8),
    SMALL(1, "input_bytes < 4194304", 4),
    MEDIUM(2, "input_bytes < 67108864", 1),
    LARGE(3, "true", 1);

    /** A batch's lane, as SQL. */
    static final String SQL = Arrays.stream(values())
            .map(lane -> lane == LARGE ? "else " + lane.number : "when " + lane.condition + " then " + lane.number)
            .collect(Collectors.joining(" ", "(case ", " end)"));

    private final int number;
    private final String condition;
    private final int slots;

    PlanLane(int number, String condition, int slots) {
        this.number = number;
        this.condition = condition;
        this.slots = slots;
    }

    static PlanLane ofNumber(int number) {
        return Arrays.stream(values())
                .filter(lane -> lane.number == number)
                .findFirst()
                .orElseThrow();
    }

    /** Its number in SQL. */
    int number() {
        return number;
    }

    /** How many plans of this lane a process runs at once. */
    int slots() {
        return slots;
    }
}
