package dev.longhaul.finalizer.gather;

import java.util.List;

/**
 * One partition's part of a checkpoint.
 *
 * @param epoch under which it counts; under another nothing of it may be written
 * @param offset every line of every record below it is recorded
 * @param segments in the order of their places
 */
public record PartitionMark(
        int partition,
        long epoch,
        long offset,
        List<SegmentRow> segments,
        List<SliceRow> slices,
        List<BatchRow> batches) {}
