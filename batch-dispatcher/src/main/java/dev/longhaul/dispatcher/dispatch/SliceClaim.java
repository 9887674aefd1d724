package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.SliceId;
import org.jspecify.annotations.Nullable;

/**
 * A slice that this process has, as one snapshot of PostgreSQL showed it.
 *
 * @param claim the number it was released and claimed under
 * @param holder the identity under which this process claimed it
 * @param offset its first byte in the input file
 * @param firstLine the number of its first line in the input file, from 1
 * @param bitmap lines whose result was sealed by then, a bit each, little-endian; null when none was
 * @param checkpointOffset where a look for results that are in Kafka but not yet sealed begins
 */
public record SliceClaim(
        SliceId slice,
        int claim,
        String holder,
        String inputFileId,
        String endpoint,
        long offset,
        int length,
        long firstLine,
        int lines,
        @Nullable String model,
        byte @Nullable [] bitmap,
        int resultsPartition,
        long checkpointOffset) {}
