package dev.longhaul.finalizer.gather;

/** A segment whose object is to be written; its bytes don't change any more. May be handed to another thread. */
public final class SealedSegment {
    private final Segment segment;
    private final String key;
    private final byte[] bytes;
    private final int length;

    SealedSegment(Segment segment, String key, byte[] bytes, int length) {
        this.segment = segment;
        this.key = key;
        this.bytes = bytes;
        this.length = length;
    }

    /** The key of the object to write. */
    public String key() {
        return key;
    }

    /** The array whose first {@link #length} bytes are the object; not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** Whether the object is of no use any more, since the partition has another owner or another epoch. */
    public boolean isAbandoned() {
        return segment.isAbandoned();
    }

    Segment segment() {
        return segment;
    }
}
