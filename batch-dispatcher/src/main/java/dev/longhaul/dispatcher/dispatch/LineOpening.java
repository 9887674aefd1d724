package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.jsonl.LineProblem;
import dev.longhaul.model.jsonl.LineTokenizer;
import dev.longhaul.model.jsonl.RequestLine;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes a call of a line that was just taken from a queue. Belongs to its lane's thread. */
final class LineOpening {
    private static final Logger LOG = Logger.getLogger(LineOpening.class);

    private final Lane lane;
    private final WaitingCalls waiting;
    private final LineTokenizer tokenizer = Lane.tokenizer();

    LineOpening(Lane lane, WaitingCalls waiting) {
        this.lane = lane;
        this.waiting = waiting;
    }

    /** Its call; null when the line is settled without one, or not due yet. */
    @Nullable
    LineCall open(SliceRun run, int line) {
        return switch (tokenizer.tokenize(run.bytes(), run.offset(line), run.length(line))) {
            case RequestLine request -> {
                LineCall call = new LineCall(run, line, request);
                Waiting past = run.waiting(call.indexInSlice());
                yield past == null || resume(call, past) ? call : null;
            }
            case LineProblem problem -> {
                LOG.errorf(
                        "LH-D024 line %d of slice %s passed its plan but reads as: %s",
                        run.indexInSlice(line), run.claim().slice(), problem.message());
                lane.results().failedUnread(run, run.indexInSlice(line), problem.code(), problem.message());
                yield null;
            }
        };
    }

    /** Goes on where an earlier claim stopped; true when the next attempt is due. */
    private boolean resume(LineCall call, Waiting past) {
        call.attempt = past.attempts();
        long delayMillis = past.dueMillis() - System.currentTimeMillis();
        if (delayMillis > 0) {
            waiting.postpone(call, delayMillis);
        }
        return delayMillis <= 0;
    }
}
