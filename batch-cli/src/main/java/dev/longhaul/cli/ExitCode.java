package dev.longhaul.cli;

/** What the process answers to the shell; documented, scripts rely on them. */
final class ExitCode {
    static final int OK = 0;
    /** Something of ours or around us failed; the reason is on stderr. */
    static final int FAILED = 1;
    /** Wrong arguments, or a file that is missing or can't be read or written. */
    static final int USAGE = 2;
    /** The batch completed, and some of its lines failed. */
    static final int SOME_LINES_FAILED = 3;
    /** The input was refused. */
    static final int BATCH_FAILED = 4;
    /** The batch was cancelled or its window ended; what was done until then was downloaded. */
    static final int STOPPED = 5;
    /** Ctrl-C. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
