package dev.longhaul.finalizer.gather;

import dev.longhaul.model.MalformedRecordException;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.SliceId;
import java.util.BitSet;

/** One slice: which of its lines were seen, and which of those a checkpoint has recorded. */
final class SliceState {
    private final SliceId id;
    private final int lineCount;
    private final BitSet durable;
    private final BitSet seen;

    SliceState(SliceFacts facts) {
        id = facts.id();
        lineCount = facts.lineCount();
        durable = facts.durable();
        seen = (BitSet) durable.clone();
    }

    SliceId id() {
        return id;
    }

    /** Marks a line; false when it was seen before, so that this one is a duplicate. */
    boolean see(int line) {
        if (seen.get(line)) {
            return false;
        }
        seen.set(line);
        return true;
    }

    void checkLines(ResultChunk chunk) {
        for (ResultChunk.Entry entry : chunk.entries()) {
            if (entry.line() >= lineCount) {
                throw new MalformedRecordException(
                        "result chunk: slice " + id + " has " + lineCount + " lines and no line " + entry.line());
            }
        }
    }

    /** What the bitmap will be once these lines are recorded too. */
    BitSet durableWith(BitSet lines) {
        BitSet both = (BitSet) durable.clone();
        both.or(lines);
        return both;
    }

    boolean isFull(BitSet bitmap) {
        return bitmap.cardinality() == lineCount;
    }

    boolean isDurable() {
        return isFull(durable);
    }

    void recorded(BitSet lines) {
        durable.or(lines);
    }
}
