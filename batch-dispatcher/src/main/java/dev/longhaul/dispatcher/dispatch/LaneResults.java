package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.Usage;
import dev.longhaul.model.jsonl.LineBuffer;
import dev.longhaul.model.jsonl.RequestLine;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Turns answers into result lines, and lines into chunks that leave by size, by age, and at once when their slice waits for nothing
 * else. Belongs to its lane's event loop.
 */
final class LaneResults {
    private static final int CHUNK_BYTES = 512 * 1024;
    /** As many as slices are begun at once where all goes well. */
    private static final int SPARE_BUFFERS = 8;

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final byte[] NO_ID = "null".getBytes(StandardCharsets.US_ASCII);
    private static final long CHUNK_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Lane lane;
    private final ChunkSender sender;
    private final BufferPool buffers = new BufferPool(SPARE_BUFFERS, BUFFER_BYTES, 2 * CHUNK_BYTES);
    private final Set<ChunkBuilder> started = new LinkedHashSet<>();

    LaneResults(Lane lane, ChunkSender sender) {
        this.lane = lane;
        this.sender = sender;
    }

    /** A whole answer becomes the line's result: in the output file if it succeeded, in the error file if not. */
    void answered(LineCall call, Answer.Whole answer) {
        LineOutcome outcome = answer.isSuccess() ? LineOutcome.COMPLETED : LineOutcome.FAILED;
        ChunkBuilder builder = builderOf(call.run);
        LineBuffer out = builder.buffer(outcome.kind());
        int before = out.length();
        RequestLine line = call.request;
        LineBuffer body = bodyOf(call);
        String requestId = answer.requestId() == null ? call.ownRequestId() : answer.requestId();
        boolean written = false;
        try {
            if (answer.json()) {
                call.run
                        .resultLine()
                        .answered(
                                out,
                                call.number(),
                                line.array(),
                                line.customIdStart(),
                                line.customIdEnd(),
                                answer.statusCode(),
                                requestId,
                                body.array(),
                                0,
                                body.length());
            } else {
                call.run
                        .resultLine()
                        .answeredWithText(
                                out,
                                call.number(),
                                line.array(),
                                line.customIdStart(),
                                line.customIdEnd(),
                                answer.statusCode(),
                                requestId,
                                body.array(),
                                0,
                                body.length());
            }
            written = true;
        } finally {
            if (!written) {
                // Half a line would spoil the whole chunk.
                out.truncate(before);
            }
        }
        enter(call.run, call.indexInSlice(), builder, outcome, out.length() - before, answer.usage());
    }

    /** A line that ends without a usable answer. */
    void failed(LineCall call, String code, String message) {
        RequestLine line = call.request;
        failed(call.run, call.indexInSlice(), line.array(), line.customIdStart(), line.customIdEnd(), code, message);
    }

    /** A line that cannot even be read any more; its {@code custom_id} is unknown. */
    void failedUnread(SliceRun run, int indexInSlice, String code, String message) {
        failed(run, indexInSlice, NO_ID, 0, NO_ID.length, code, message);
    }

    private void failed(
            SliceRun run, int indexInSlice, byte[] id, int idStart, int idEnd, String code, String message) {
        ChunkBuilder builder = builderOf(run);
        LineBuffer out = builder.buffer(LineOutcome.FAILED.kind());
        int before = out.length();
        run.resultLine().unanswered(out, run.claim().firstLine() + indexInSlice, id, idStart, idEnd, code, message);
        enter(run, indexInSlice, builder, LineOutcome.FAILED, out.length() - before, Usage.NONE);
    }

    private static LineBuffer bodyOf(LineCall call) {
        LineBuffer body = call.body;
        if (body == null) {
            throw new IllegalStateException("an answered call has a body");
        }
        return body;
    }

    private void enter(
            SliceRun run, int indexInSlice, ChunkBuilder builder, LineOutcome outcome, int length, Usage usage) {
        if (builder.add(indexInSlice, outcome, length, usage, System.nanoTime())) {
            started.add(builder);
        }
        if (run.answered(indexInSlice)) {
            lane.lastAnswered(run);
        } else if (builder.bytes() >= CHUNK_BYTES) {
            flush(builder);
        }
    }

    private ChunkBuilder builderOf(SliceRun run) {
        return run.builder(lane.index(), buffers);
    }

    /** Sends what this lane has of a slice. */
    void flush(SliceRun run) {
        ChunkBuilder builder = builderOf(run);
        if (!builder.isEmpty()) {
            flush(builder);
        }
    }

    @SuppressWarnings("CollectionIncompatibleType") // each builder equals itself alone
    private void flush(ChunkBuilder builder) {
        started.remove(builder);
        sender.send(builder.run(), builder.chunk());
        builder.clear();
    }

    void flushOld(long nowNanos) {
        for (ChunkBuilder builder : started.toArray(ChunkBuilder[]::new)) {
            if (builder.ageNanos(nowNanos) >= CHUNK_AGE_NANOS || builder.run().allAnswered()) {
                flush(builder);
            }
        }
    }
}
