package dev.longhaul.cli;

import java.util.List;

/**
 * Which of the standard streams are a terminal, as the launcher script found out: Java has no portable question for
 * stderr alone.
 *
 * @param columns the terminal's width, at least 20
 */
record Terminal(boolean input, boolean output, boolean errors, int columns) {
    Terminal {
        columns = Math.max(20, columns);
    }

    static Terminal ofThisProcess() {
        List<String> streams =
                List.of(System.getProperty("longhaul.terminal", "").split(",", -1));
        return new Terminal(
                streams.contains("in"),
                streams.contains("out"),
                streams.contains("err"),
                Integer.getInteger("longhaul.columns", 80));
    }

    /** True when somebody can be asked: the question goes to stderr, the answer comes from stdin. */
    boolean canAsk() {
        return input && errors;
    }
}
