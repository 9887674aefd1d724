package dev.longhaul.cli.progress;

/** Shows a batch's progress to somebody. Used by one thread. */
public interface ProgressDisplay extends AutoCloseable {

    /** Takes the newest state; may be called far more often than anything changes. */
    void show(Progress progress);

    /** Leaves the last state visible and the cursor on a line of its own. */
    @Override
    void close();
}
