package dev.longhaul.finalizer.gather;

import dev.longhaul.model.jsonl.LineBuffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A run of result lines of one file: open while lines come, sealed while its object is written, stored once that is there. While
 * it is small, checkpoints may record it as bytes in its row as often as it grows.
 */
final class Segment {
    private enum State {
        OPEN,
        SEALED,
        STORED
    }

    private static final int UNPLACED = -1;

    private final LineBuffer bytes;
    private State state = State.OPEN;
    private int seq = UNPLACED;
    private @Nullable Delta delta;
    private @Nullable String key;
    /** Read by the thread that writes the object, so that it gives up when nobody needs the object any more. */
    private volatile boolean abandoned;

    /** An empty segment with room for {@code capacity} bytes, which is full at {@code fullBytes}. */
    Segment(int capacity, int fullBytes) {
        bytes = new LineBuffer(capacity, fullBytes);
    }

    /** Appends to an open segment. */
    void append(ByteBuffer lines) {
        bytes.append(lines);
    }

    /** What is not recorded yet, begun by the record at that offset if there is nothing so far. */
    Delta delta(long offset, long now) {
        Delta held = delta;
        if (held == null) {
            held = new Delta(offset, now);
            delta = held;
        }
        return held;
    }

    @Nullable
    Delta delta() {
        return delta;
    }

    SealedSegment seal(String objectKey) {
        state = State.SEALED;
        key = objectKey;
        return new SealedSegment(this, objectKey, bytes.array(), bytes.length());
    }

    void stored() {
        state = State.STORED;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isStored() {
        return state == State.STORED;
    }

    int length() {
        return bytes.length();
    }

    /** Its bytes in memory, unused ones included. */
    int capacity() {
        return bytes.array().length;
    }

    boolean isPlaced() {
        return seq != UNPLACED;
    }

    /** Its place in the file, or the given one if it has none yet. */
    int seqOr(int free) {
        return isPlaced() ? seq : free;
    }

    SegmentRow row(String fileId, int place) {
        return isOpen()
                ? new SegmentRow(fileId, place, length(), null, Arrays.copyOf(bytes.array(), length()))
                : new SegmentRow(fileId, place, length(), key, null);
    }

    void recorded(int place) {
        seq = place;
        delta = null;
    }

    void abandon() {
        abandoned = true;
    }

    boolean isAbandoned() {
        return abandoned;
    }
}
