package dev.longhaul.dispatcher.plan;

import org.jspecify.annotations.Nullable;

/**
 * A run of whole lines of the input file. Whoever reads just this range and splits it with {@link
 * dev.longhaul.model.jsonl.LineSplitter} gets exactly these lines.
 *
 * @param seq its number in the file, from 0
 * @param offset first byte in the file
 * @param length bytes, line ends included
 * @param firstLine number of its first line in the file, from 1
 * @param lines how many
 * @param model the model of all of them that are run; null when they mix models
 * @param leftOut the lines that are not run, a bit each, little-endian; null when all are
 */
public record PlannedSlice(
        int seq,
        long offset,
        int length,
        long firstLine,
        int lines,
        @Nullable String model,
        byte @Nullable [] leftOut) {
    /** A slice of which every line is run. */
    public PlannedSlice(int seq, long offset, int length, long firstLine, int lines, @Nullable String model) {
        this(seq, offset, length, firstLine, lines, model, null);
    }
}
