package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.jsonl.LineBuffer;
import dev.longhaul.model.jsonl.RequestLine;
import io.vertx.core.http.HttpClientRequest;
import org.jspecify.annotations.Nullable;

/** One request line under way at a backend, over all of its attempts. Belongs to its lane's thread. */
final class LineCall {
    final SliceRun run;
    final int line;
    final RequestLine request;
    /** The attempts that count, one under way with them. */
    int attempt;
    /** The calls of this claim. */
    int calls;
    /** Whether the call under way probes a model that is shut. */
    boolean probe;

    long startedNanos;
    long dueNanos;

    /** When it was last refused. */
    @Nullable
    Long refusedNanos;

    @Nullable
    HttpClientRequest http;

    @Nullable
    LineBuffer body;

    @Nullable
    LongAnswer longAnswer;
    /** Changes when an attempt begins and when it ends, so that what is still heard of an earlier one can be told apart. */
    int serial;

    LineCall(SliceRun run, int line, RequestLine request) {
        this.run = run;
        this.line = line;
        this.request = request;
    }

    /** The model as the tenant names it; empty when the line names none. */
    String model() {
        String named = request.model();
        return named == null ? "" : named;
    }

    /** The line's number in the input file, from 1. */
    long number() {
        return run.claim().firstLine() + indexInSlice();
    }

    /** Tells it from nearly all other lines. */
    long key() {
        return 31L * run.claim().slice().hashCode() + number();
    }

    int indexInSlice() {
        return run.indexInSlice(line);
    }

    /** How long the attempt has taken, without the time that its answer waited for our memory. */
    long takenNanos(long nowNanos) {
        LongAnswer answer = longAnswer;
        return nowNanos - startedNanos - (answer == null ? 0 : answer.waitedNanos(nowNanos));
    }

    /** Gives back what the call had of the lane's memory. */
    void letGo(BufferPool bodies) {
        http = null;
        LineBuffer lent = body;
        if (lent != null) {
            bodies.giveBack(lent);
            body = null;
        }
        LongAnswer answer = longAnswer;
        if (answer != null) {
            answer.end();
            longAnswer = null;
        }
    }

    /** The id for a line whose backend gave none. */
    String ownRequestId() {
        return "req_" + run.claim().slice().batchId().substring("batch_".length()) + "_" + number() + "_" + calls;
    }
}
