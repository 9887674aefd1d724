package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.SliceId;
import java.util.BitSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A slice that this process has, as one snapshot of PostgreSQL showed it.
 *
 * @param claim the number it was released and claimed under
 * @param holder the identity under which this process claimed it
 * @param offset its first byte in the input file
 * @param firstLine the number of its first line in the input file, from 1
 * @param model the model of all of its lines; null when they mix models
 * @param bitmap lines whose result was sealed by then or that the batch leaves out, a bit each, little-endian; null for none
 * @param checkpointOffset where a look for results that are in Kafka but not yet sealed begins
 * @param bytes its lines, if PostgreSQL keeps them; null when they are to be read from S3
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
        long checkpointOffset,
        byte @Nullable [] bytes,
        Past past) {
    /** How many lines have no sealed result yet. */
    int openLines() {
        return bitmap == null ? lines : lines - BitSet.valueOf(bitmap).cardinality();
    }

    /**
     * What earlier claims left.
     *
     * @param waiting lines that were tried in vain, by index
     * @param fruitless how many holders died in a row without a newly sealed line
     * @param suspectLine the line that a holder ran alone when it died, by index; -1 for none
     * @param started whether some result may be in Kafka that no checkpoint has passed
     * @param unreadableSeconds for how long its bytes could not be read; 0 if nobody failed to
     */
    record Past(
            Map<Integer, Waiting> waiting, int fruitless, int suspectLine, boolean started, double unreadableSeconds) {
        private static final int PATIENCE = 3;

        static final Past NONE = new Past(Map.of(), 0, -1, false, 0);

        /** Whether one of its lines may have killed its holders, so that they must run one by one. */
        boolean isSuspect() {
            return fruitless >= PATIENCE || suspectLine >= 0;
        }
    }
}
