package dev.longhaul.dispatcher.plan;

import dev.longhaul.model.jsonl.LineProblem;
import org.jspecify.annotations.Nullable;

/**
 * One entry of a failed batch's {@code errors.data}.
 *
 * @param param the field at fault, or null
 * @param line the line at fault, from 1, or null when it is the file's
 */
public record PlanProblem(
        String code,
        String message,
        @Nullable String param,
        @Nullable Long line) {

    static PlanProblem ofLine(LineProblem problem, long line) {
        return new PlanProblem(problem.code(), problem.message(), problem.param(), line);
    }

    static PlanProblem ofFile(String code, String message) {
        return new PlanProblem(code, message, null, null);
    }
}
