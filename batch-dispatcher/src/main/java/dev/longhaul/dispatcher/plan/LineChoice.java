package dev.longhaul.dispatcher.plan;

/** Which lines of its file a batch runs. */
@FunctionalInterface
public interface LineChoice {
    /** Every line, as usual. */
    LineChoice ALL = line -> true;

    /** Whether it runs the line of that number in the file, from 1. */
    boolean has(long line);
}
