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
    int attempt;
    long startedNanos;
    long dueNanos;

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

    int indexInSlice() {
        return run.indexInSlice(line);
    }

    /** How long the attempt has taken, without the time that its answer waited for our memory. */
    long takenNanos(long nowNanos) {
        LongAnswer answer = longAnswer;
        return nowNanos - startedNanos - (answer == null ? 0 : answer.waitedNanos(nowNanos));
    }

    /** The id for a line whose backend gave none. */
    String ownRequestId() {
        return "req_" + run.claim().slice().batchId().substring("batch_".length()) + "_" + number() + "_" + attempt;
    }
}
