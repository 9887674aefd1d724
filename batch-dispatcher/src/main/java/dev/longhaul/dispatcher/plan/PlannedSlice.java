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
 * @param model the model of all of them; null when they mix models
 */
public record PlannedSlice(
        int seq,
        long offset,
        int length,
        long firstLine,
        int lines,
        @Nullable String model) {}
