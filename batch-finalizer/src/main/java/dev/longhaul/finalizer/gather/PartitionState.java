package dev.longhaul.finalizer.gather;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** A partition that this process owns under an epoch. */
final class PartitionState {
    final int partition;
    final long epoch;
    final Map<String, BatchState> batches = new HashMap<>();
    /** The batches with lines that no checkpoint has recorded. */
    final Set<BatchState> dirty = new LinkedHashSet<>();
    /** Those of them whose last line has come. */
    final Set<BatchState> complete = new LinkedHashSet<>();
    /** The offset of the next record to gather. */
    long position;
    /** The offset that PostgreSQL has. */
    long recordedOffset;

    PartitionState(int partition, long epoch, long offset) {
        this.partition = partition;
        this.epoch = epoch;
        this.position = offset;
        this.recordedOffset = offset;
    }
}
