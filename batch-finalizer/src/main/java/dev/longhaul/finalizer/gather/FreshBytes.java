package dev.longhaul.finalizer.gather;

import java.nio.ByteBuffer;

/** Copies a chunk's lines for one file into a segment, without the duplicates; as long as there is none, that is one copy. */
final class FreshBytes {
    private final ByteBuffer source;
    private final Segment target;
    private int runStart;
    private int runEnd;

    /** @param start where the first fresh line begins; before it are only duplicates */
    FreshBytes(ByteBuffer source, int start, Segment target) {
        this.source = source;
        this.target = target;
        runStart = start;
        runEnd = start;
    }

    /** Copies the line of that many bytes from {@code start} on, together with its neighbours. */
    void take(int start, int length) {
        if (start != runEnd) {
            flush();
            runStart = start;
        }
        runEnd = start + length;
    }

    void flush() {
        target.append(source.slice(source.position() + runStart, runEnd - runStart));
    }
}
