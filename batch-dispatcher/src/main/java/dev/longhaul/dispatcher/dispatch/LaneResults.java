package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.Usage;
import dev.longhaul.model.jsonl.LineBuffer;
import dev.longhaul.model.jsonl.RequestLine;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Turns answers into result lines, and lines into chunks that leave by size, by age, and at once when their slice waits for nothing
 * else. Belongs to its lane's event loop.
 */
final class LaneResults {
    private static final int CHUNK_BYTES = 256 * 1024;
    private static final long CHUNK_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Lane lane;
    private final ChunkSender sender;
    private final Set<ChunkBuilder> started = new LinkedHashSet<>();

    LaneResults(Lane lane, ChunkSender sender) {
        this.lane = lane;
        this.sender = sender;
    }

    /** A whole answer becomes the line's result: in the output file if it succeeded, in the error file if not. */
    void answered(LineCall call, Answer.Whole answer) {
        LineOutcome outcome = answer.isSuccess() ? LineOutcome.COMPLETED : LineOutcome.FAILED;
        ChunkBuilder builder = call.run.builder(lane.index());
        LineBuffer out = builder.buffer(outcome.kind());
        int before = out.length();
        RequestLine line = call.request;
        LineBuffer body = bodyOf(call);
        String requestId = answer.requestId() == null ? call.ownRequestId() : answer.requestId();
        if (answer.json()) {
            call.run.resultLine().answered(out, call.number(), line.array(), line.customIdStart(), line.customIdEnd(),
                    answer.statusCode(), requestId, body.array(), 0, body.length());
        } else {
            call.run.resultLine().answeredWithText(out, call.number(), line.array(), line.customIdStart(),
                    line.customIdEnd(), answer.statusCode(), requestId, body.array(), 0, body.length());
        }
        enter(call, builder, outcome, out.length() - before, answer.usage());
    }

    /** A line that ends without a usable answer. */
    void failed(LineCall call, String code, String message) {
        ChunkBuilder builder = call.run.builder(lane.index());
        LineBuffer out = builder.buffer(LineOutcome.FAILED.kind());
        int before = out.length();
        RequestLine line = call.request;
        call.run.resultLine().unanswered(
                out, call.number(), line.array(), line.customIdStart(), line.customIdEnd(), code, message);
        enter(call, builder, LineOutcome.FAILED, out.length() - before, Usage.NONE);
    }

    private static LineBuffer bodyOf(LineCall call) {
        LineBuffer body = call.body;
        if (body == null) {
            throw new IllegalStateException("an answered call has a body");
        }
        return body;
    }

    private void enter(LineCall call, ChunkBuilder builder, LineOutcome outcome, int length, Usage usage) {
        if (builder.add(call.indexInSlice(), outcome, length, usage, System.nanoTime())) {
            started.add(builder);
        }
        if (call.run.answered()) {
            lane.lastAnswered(call.run);
        } else if (builder.bytes() >= CHUNK_BYTES) {
            flush(builder);
        }
    }

    /** Sends what this lane has of a slice. */
    void flush(SliceRun run) {
        ChunkBuilder builder = run.builder(lane.index());
        if (!builder.isEmpty()) {
            flush(builder);
        }
    }

    private void flush(ChunkBuilder builder) {
        started.remove(builder);
        sender.send(builder.run(), builder.take());
    }

    void flushOld(long nowNanos) {
        for (ChunkBuilder builder : started.toArray(ChunkBuilder[]::new)) {
            if (builder.ageNanos(nowNanos) >= CHUNK_AGE_NANOS || builder.run().allAnswered()) {
                flush(builder);
            }
        }
    }
}
