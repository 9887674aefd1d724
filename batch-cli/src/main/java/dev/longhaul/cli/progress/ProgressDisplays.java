package dev.longhaul.cli.progress;

import java.io.PrintStream;

/** Chooses how progress is shown. */
public final class ProgressDisplays {
    private ProgressDisplays() {}

    /** @param columns the width of the terminal, ignored without one */
    public static ProgressDisplay on(PrintStream out, boolean terminal, int columns) {
        return terminal ? new BarProgress(out, columns, System::nanoTime) : new PlainProgress(out, System::nanoTime);
    }
}
