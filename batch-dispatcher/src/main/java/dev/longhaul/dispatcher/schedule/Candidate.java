package dev.longhaul.dispatcher.schedule;

import dev.longhaul.model.SliceId;

/**
 * A pending slice that could be released now.
 *
 * @param lines of it without a sealed result
 * @param bytes its length in the input file
 */
record Candidate(SliceId slice, int lines, int bytes, BatchModel of) {}
