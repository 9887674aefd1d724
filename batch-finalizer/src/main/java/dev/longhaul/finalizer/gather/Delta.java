package dev.longhaul.finalizer.gather;

import dev.longhaul.model.ResultChunk;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** What a segment holds that no checkpoint has recorded yet. */
final class Delta {
    /** The first record any of it came in: the checkpoint's offset can't pass that. */
    private final long firstOffset;

    private final long since;
    private final Map<SliceState, BitSet> lines = new HashMap<>();
    private final Tally tally = new Tally();

    Delta(long firstOffset, long since) {
        this.firstOffset = firstOffset;
        this.since = since;
    }

    void add(SliceState slice, ResultChunk.Entry entry) {
        lines.computeIfAbsent(slice, s -> new BitSet()).set(entry.line());
        tally.add(entry);
    }

    long firstOffset() {
        return firstOffset;
    }

    long since() {
        return since;
    }

    Map<SliceState, BitSet> lines() {
        return lines;
    }

    Tally tally() {
        return tally;
    }
}
