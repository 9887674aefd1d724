package dev.longhaul.finalizer.gather;

import dev.longhaul.model.SliceId;
import java.util.BitSet;

/**
 * What PostgreSQL knows of a slice when its first chunk of an epoch arrives.
 *
 * @param durable the lines whose results a checkpoint has recorded; becomes the receiver's
 */
public record SliceFacts(SliceId id, int lineCount, BitSet durable) {}
