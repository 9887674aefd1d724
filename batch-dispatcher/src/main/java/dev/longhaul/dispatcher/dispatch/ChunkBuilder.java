package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.ResultKind;
import dev.longhaul.model.Usage;
import dev.longhaul.model.jsonl.LineBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A result chunk under construction: one slice's lines that one lane has answered. Belongs to that lane's thread. */
final class ChunkBuilder {
    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

    private final SliceRun run;
    private final BufferPool pool;
    private final Map<ResultKind, LineBuffer> buffers = new EnumMap<>(ResultKind.class);
    private final List<ResultChunk.Entry> entries = new ArrayList<>();
    private int bytes;
    private long sinceNanos;

    ChunkBuilder(SliceRun run, BufferPool pool) {
        this.run = run;
        this.pool = pool;
    }

    SliceRun run() {
        return run;
    }

    /** Where to write a result line of that kind; {@link #add} follows at once. */
    LineBuffer buffer(ResultKind kind) {
        return buffers.computeIfAbsent(kind, any -> pool.take());
    }

    /** Enters the line just written; true when it is the chunk's first. */
    boolean add(int lineInSlice, LineOutcome outcome, int length, Usage usage, long nowNanos) {
        if (entries.isEmpty()) {
            sinceNanos = nowNanos;
        }
        bytes += length;
        entries.add(new ResultChunk.Entry(lineInSlice, outcome, length, usage));
        return entries.size() == 1;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int bytes() {
        return bytes;
    }

    long ageNanos(long nowNanos) {
        return nowNanos - sinceNanos;
    }

    /** The chunk so far, good until {@link #clear}. */
    ResultChunk chunk() {
        SliceClaim claim = run.claim();
        return new ResultChunk(claim.slice(), claim.claim(), entries, view(ResultKind.OUTPUT), view(ResultKind.ERRORS));
    }

    /** Starts anew. */
    void clear() {
        buffers.values().forEach(pool::giveBack);
        buffers.clear();
        entries.clear();
        bytes = 0;
    }

    private ByteBuffer view(ResultKind kind) {
        LineBuffer buffer = buffers.get(kind);
        return buffer == null ? NO_BYTES : buffer.view();
    }
}
