package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.jsonl.LineBuffer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import org.jspecify.annotations.Nullable;

/**
 * An answer that has outgrown what every call may have, and pays for further room from the {@link AnswerMemory}. Where that has none,
 * its connection is not read until there is some. The wait is ours: it counts as no time of the call. Belongs to its lane's thread.
 */
final class LongAnswer {
    /** An answer up to here asks nobody: so much for each call in flight is always there. */
    static final int FREE_BYTES = 64 * 1024;
    /** The bytes as they came, and the result line that is made of them. */
    private static final int COPIES = 2;

    private final Lane lane;
    private final LineBuffer body;
    private final HttpClientResponse response;
    private final Waiters waiters;
    private final AnswerMemory.Share share;
    private int room;
    private @Nullable Buffer keptBack;
    private long sinceNanos;
    private long waitedNanos;
    private boolean waited;
    private boolean ended;

    /** How many answers of one backend wait on one lane. */
    static final class Waiters {
        private int count;

        boolean any() {
            return count > 0;
        }
    }

    LongAnswer(Lane lane, LineBuffer body, HttpClientResponse response, Waiters waiters) {
        this.lane = lane;
        this.body = body;
        this.response = response;
        this.waiters = waiters;
        this.share = new AnswerMemory.Share(() -> lane.execute(this::goOn));
    }

    /** Appends the next bytes, now or as soon as there is room for them; until then no others come. */
    void append(Buffer part) {
        int needed = body.length() + part.length();
        if (needed > room) {
            // What the buffer grows to.
            room = Math.max(needed, 2 * body.array().length);
            if (!lane.answerMemory().take(share, (long) COPIES * room)) {
                keptBack = part;
                response.pause();
                waited = true;
                sinceNanos = System.nanoTime();
                waiters.count++;
                return;
            }
        }
        body.append(part.getByteBuf().nioBuffer());
    }

    private void goOn() {
        Buffer part = keptBack;
        if (ended || part == null) {
            return;
        }
        stopWaiting();
        body.append(part.getByteBuf().nioBuffer());
        response.resume();
    }

    private void stopWaiting() {
        keptBack = null;
        waiters.count--;
        waitedNanos += System.nanoTime() - sinceNanos;
    }

    /** The call has ended, however: nothing of it is read or held any more. */
    void end() {
        if (keptBack != null) {
            stopWaiting();
        }
        ended = true;
        lane.answerMemory().giveBack(share);
    }

    /** Whether it ever waited: a backend may lose its patience with that. */
    boolean hasWaited() {
        return waited;
    }

    /** For how long it has waited in all. */
    long waitedNanos(long nowNanos) {
        return waitedNanos + (keptBack == null ? 0 : nowNanos - sinceNanos);
    }
}
