package dev.longhaul.cli;

import dev.longhaul.cli.api.Batch;
import dev.longhaul.cli.progress.Figures;
import java.time.Duration;
import java.util.List;

/** What is said about batches. */
final class Report {
    private static final int MOST_PROBLEMS = 100;

    private Report() {}

    /** Where it stands. */
    static String state(Batch batch) {
        return batch.id() + " is " + batch.status() + (batch.isPaused() ? ", paused" : "");
    }

    /** One line: how it ended, with counts and speed. */
    static String summary(Batch batch, Duration took) {
        double perSecond = (batch.completed() + batch.failed()) * 1000.0 / Math.max(1, took.toMillis());
        return batch.id() + " " + batch.status() + " after " + Figures.duration(took) + ": "
                + Figures.count(batch.completed()) + " of " + Figures.count(batch.total()) + " lines ok, "
                + Figures.count(batch.failed()) + " failed (" + Figures.speed(perSecond) + ")";
    }

    /** Why a batch failed validation, a line for each of the first hundred problems. */
    static String problems(Batch batch) {
        List<Batch.Problem> problems = batch.errors();
        StringBuilder text = new StringBuilder(batch.id() + " failed validation, nothing was run:");
        problems.stream()
                .limit(MOST_PROBLEMS)
                .forEach(problem -> text.append("\n  ").append(problem));
        if (problems.size() > MOST_PROBLEMS) {
            text.append("\n  and ")
                    .append(problems.size() - MOST_PROBLEMS)
                    .append(" more, see: longhaul show ")
                    .append(batch.id());
            Batch.Problem last = problems.getLast();
            if (last.line() == 0) { // how many there are beyond those that the service reports
                text.append("\n  ").append(last);
            }
        }
        return text.toString();
    }
}
