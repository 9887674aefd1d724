package dev.longhaul.dispatcher.dispatch;

import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory that all long answers of this process share while they come in. One of them may always go on, also past the budget, so that
 * they never all wait for each other: never more is taken than the budget and what the longest answer needs. Any thread; only an answer that
 * has outgrown {@link LongAnswer#FREE_BYTES} asks, and only when it doubles.
 */
final class AnswerMemory {
    private final long budget;
    private final BooleanSupplier kafkaKeepsUp;
    private final ArrayDeque<Share> waiting = new ArrayDeque<>();
    private long taken;
    /** The one that may go on past the budget, until it ends. */
    private @Nullable Share foremost;

    /**
     * @param budget bytes
     * @param kafkaKeepsUp whether what becomes of answers finds room: if not, they would only pile up behind them
     */
    AnswerMemory(long budget, BooleanSupplier kafkaKeepsUp) {
        this.budget = budget;
        this.kafkaKeepsUp = kafkaKeepsUp;
    }

    /** What one answer has of it. */
    static final class Share {
        private final Runnable granted;
        private long bytes;
        private long wanted;

        /** @param granted told, on any thread and quickly, that what was waited for is granted */
        Share(Runnable granted) {
            this.granted = granted;
        }
    }

    /** Takes so many bytes in all, what it has included; false when it has to wait for them and is told. */
    synchronized boolean take(Share share, long bytes) {
        share.wanted = bytes;
        if ((waiting.isEmpty() || share == foremost) && grant(share)) {
            return true;
        }
        if (share == foremost) {
            waiting.addFirst(share);
        } else {
            waiting.addLast(share);
        }
        return false;
    }

    /** Gives back what an ended answer had or waits for. */
    synchronized void giveBack(Share share) {
        waiting.remove(share);
        taken -= share.bytes;
        share.bytes = 0;
        if (foremost == share) {
            foremost = null;
        }
        grantWaiting();
    }

    /** Looks again whether those that wait may go on, for Kafka may keep up again. */
    synchronized void grantWaiting() {
        for (Share share = waiting.peekFirst(); share != null && grant(share); share = waiting.peekFirst()) {
            waiting.removeFirst();
            share.granted.run();
        }
    }

    private boolean grant(Share share) {
        if (!kafkaKeepsUp.getAsBoolean()) {
            return false;
        }
        if (taken + share.wanted - share.bytes > budget && share != foremost) {
            if (foremost != null) {
                return false;
            }
            foremost = share;
        }
        taken += share.wanted - share.bytes;
        share.bytes = share.wanted;
        return true;
    }

    /** Bytes that are taken now. */
    synchronized long taken() {
        return taken;
    }

    /** How many answers wait. */
    synchronized int waiting() {
        return waiting.size();
    }
}
