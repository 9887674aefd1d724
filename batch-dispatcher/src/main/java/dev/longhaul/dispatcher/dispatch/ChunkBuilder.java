package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.ResultKind;
import dev.longhaul.model.Usage;
import dev.longhaul.model.jsonl.LineBuffer;
import java.util.ArrayList;
import java.util.List;

/** A result chunk under construction: one slice's lines that one lane has answered. Belongs to that lane's thread. */
final class ChunkBuilder {
    private static final int INITIAL_BYTES = 64 * 1024;

    private final SliceRun run;
    private LineBuffer output = new LineBuffer(0);
    private LineBuffer errors = new LineBuffer(0);
    private List<ResultChunk.Entry> entries = new ArrayList<>();
    private long sinceNanos;

    ChunkBuilder(SliceRun run) {
        this.run = run;
    }

    SliceRun run() {
        return run;
    }

    /** Where to write a result line of that kind; {@link #add} follows at once. */
    LineBuffer buffer(ResultKind kind) {
        if (kind == ResultKind.OUTPUT) {
            output = output.array().length == 0 ? new LineBuffer(INITIAL_BYTES) : output;
            return output;
        }
        errors = errors.array().length == 0 ? new LineBuffer(INITIAL_BYTES) : errors;
        return errors;
    }

    /** Enters the line just written; true when it is the chunk's first. */
    boolean add(int lineInSlice, LineOutcome outcome, int length, Usage usage, long nowNanos) {
        if (entries.isEmpty()) {
            sinceNanos = nowNanos;
        }
        entries.add(new ResultChunk.Entry(lineInSlice, outcome, length, usage));
        return entries.size() == 1;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int bytes() {
        return output.length() + errors.length();
    }

    long ageNanos(long nowNanos) {
        return nowNanos - sinceNanos;
    }

    /** The chunk so far; the builder starts anew. */
    ResultChunk take() {
        SliceClaim claim = run.claim();
        ResultChunk chunk = new ResultChunk(claim.slice(), claim.claim(), entries, output.view(), errors.view());
        output = new LineBuffer(0);
        errors = new LineBuffer(0);
        entries = new ArrayList<>();
        return chunk;
    }
}
