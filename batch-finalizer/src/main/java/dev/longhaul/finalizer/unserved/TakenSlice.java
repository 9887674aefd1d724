package dev.longhaul.finalizer.unserved;

import dev.longhaul.model.SliceId;
import java.util.BitSet;

/**
 * A slice that this process answers.
 *
 * @param claim the claim number it holds it under
 * @param firstLine the number of its first line in the input file, from 1
 * @param done lines that have an outcome
 */
record TakenSlice(SliceId id, int claim, long offset, int length, long firstLine, int lineCount, BitSet done) {}
