package dev.longhaul.finalizer.gather;

import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.ResultKind;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Takes one chunk's lines of one kind into the file's open segment, which is opened at the first line that is no duplicate. */
final class Intake {
    /** Where the lines go; called when the first of them turns out to be needed. */
    interface Opener {
        Segment open(ResultKind kind, int bytes);
    }

    private final ResultKind kind;
    private final ByteBuffer source;
    private final Opener opener;
    private int at;
    private @Nullable Segment segment;
    private @Nullable FreshBytes bytes;

    Intake(ResultKind kind, ByteBuffer source, Opener opener) {
        this.kind = kind;
        this.source = source;
        this.opener = opener;
    }

    void skip(ResultChunk.Entry entry) {
        at += entry.length();
    }

    void take(ResultChunk.Entry entry, SliceState slice, long offset, long now) {
        Segment to = segment;
        FreshBytes copy = bytes;
        if (to == null || copy == null) {
            to = opener.open(kind, source.remaining());
            copy = new FreshBytes(source, at, to);
            segment = to;
            bytes = copy;
        }
        copy.take(at, entry.length());
        to.delta(offset, now).add(slice, entry);
        at += entry.length();
    }

    /** Copies what was taken and answers the segment it is in; null if every line was a duplicate. */
    @Nullable
    Segment finish() {
        if (bytes != null) {
            bytes.flush();
        }
        return segment;
    }
}
