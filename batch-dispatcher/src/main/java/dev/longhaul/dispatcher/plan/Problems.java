package dev.longhaul.dispatcher.plan;

import dev.longhaul.model.jsonl.LineProblem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Bad lines, added in line order: the first ones in full, of the rest only how many. */
final class Problems {
    static final int LISTED = 1000;

    private final List<PlanProblem> listed = new ArrayList<>();
    private long count;

    void add(LineProblem problem, long line) {
        count++;
        if (listed.size() < LISTED) {
            listed.add(PlanProblem.ofLine(problem, line));
        }
    }

    /** Adds the same problem for each line in {@code [first, end)}; costs no more for a long run. */
    void addRun(LineProblem problem, long first, long end) {
        for (long line = first; line < end && listed.size() < LISTED; line++) {
            listed.add(PlanProblem.ofLine(problem, line));
        }
        count += end - first;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /**
     * These and the others, which are about other lines, in line order.
     *
     * @param atLeast whether there may be more bad lines than were counted
     */
    List<PlanProblem> mergedWith(Problems others, boolean atLeast) {
        List<PlanProblem> first = new ArrayList<>(Stream.concat(listed.stream(), others.listed.stream())
                .sorted(Comparator.comparing(PlanProblem::line))
                .limit(LISTED)
                .toList());
        long more = count + others.count - first.size();
        if (more > 0) {
            first.add(PlanProblem.ofFile(
                    "too_many_errors",
                    "Only the first " + LISTED + " bad lines are listed. There are " + (atLeast ? "at least " : "")
                            + more + " more."));
        }
        return first;
    }
}
