package dev.longhaul.finalizer.gather;

import org.jspecify.annotations.Nullable;

/** One row of {@code file_segment} as a checkpoint writes it: an object's key, or the bytes themselves. */
public record SegmentRow(
        String fileId, int seq, long bytes, @Nullable String objectKey, byte @Nullable [] inline) {}
