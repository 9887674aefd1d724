package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.jsonl.LineSplitter;
import dev.longhaul.model.jsonl.ResultLine;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A claimed slice while its lines are executed. Lanes on several threads take lines from it one by one; each line is taken once and
 * then settled once: answered (its result line is in a chunk) and later durable (Kafka has acknowledged the chunk), or given back.
 */
final class SliceRun {
    /** Past the last line of any slice. */
    private static final int NO_LINE = 1 << 30;

    private final SliceClaim claim;
    private final byte[] bytes;
    private final int[] offsets;
    private final int[] lengths;
    private final int[] lineIndex;
    private final ResultLine resultLine;
    private final ChunkBuilder[] builders;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger unanswered;
    private final AtomicInteger open;
    private final AtomicLong lastOffset = new AtomicLong(-1);
    private volatile boolean stopped;
    private volatile boolean handBack;

    /**
     * Splits the slice's bytes.
     *
     * @param done lines that need no call; left out from the start
     * @throws IllegalStateException if the bytes hold another number of lines than the plan says
     */
    SliceRun(SliceClaim claim, byte[] bytes, BitSet done, int lanes) {
        this.claim = claim;
        this.bytes = bytes;
        int due = claim.lines() - done.cardinality();
        this.offsets = new int[due];
        this.lengths = new int[due];
        this.lineIndex = new int[due];
        LineSplitter splitter = new LineSplitter(bytes, 0, bytes.length);
        int line = 0;
        for (int i = 0; splitter.next(); line++) {
            if (line < claim.lines() && !done.get(line)) {
                offsets[i] = splitter.offset();
                lengths[i] = splitter.length();
                lineIndex[i++] = line;
            }
        }
        if (line != claim.lines()) {
            throw new IllegalStateException("slice " + claim.slice() + " has " + line + " lines, its plan says " + claim.lines());
        }
        this.resultLine = new ResultLine(claim.slice().batchId());
        this.builders = new ChunkBuilder[lanes];
        this.unanswered = new AtomicInteger(due);
        this.open = new AtomicInteger(due);
    }

    SliceClaim claim() {
        return claim;
    }

    byte[] bytes() {
        return bytes;
    }

    ResultLine resultLine() {
        return resultLine;
    }

    /** Takes the next line that nobody took; -1 when there is none. */
    int take() {
        int taken = next.get() >= offsets.length ? NO_LINE : next.getAndIncrement();
        return taken < offsets.length ? taken : -1;
    }

    /** How many lines nobody took yet. */
    int untaken() {
        return Math.max(0, offsets.length - next.get());
    }

    int offset(int taken) {
        return offsets[taken];
    }

    int length(int taken) {
        return lengths[taken];
    }

    /** The index in its slice, from 0, of a taken line. */
    int indexInSlice(int taken) {
        return lineIndex[taken];
    }

    /** The chunk under construction of one lane; only that lane's thread may ask. */
    ChunkBuilder builder(int lane) {
        ChunkBuilder builder = builders[lane];
        if (builder == null) {
            builder = new ChunkBuilder(this);
            builders[lane] = builder;
        }
        return builder;
    }

    /** Counts a line as answered; true when it was the last one, so that no chunk has anything to wait for. */
    boolean answered() {
        return unanswered.decrementAndGet() == 0;
    }

    boolean allAnswered() {
        return unanswered.get() <= 0;
    }

    /** Counts lines as durable up to an offset of the results partition; true when nothing is open any more. */
    boolean durable(int lines, long offset) {
        lastOffset.accumulateAndGet(offset, Math::max);
        return open.addAndGet(-lines) == 0;
    }

    /** Gives taken lines back unexecuted; true when nothing is open any more. */
    boolean giveBack(int lines) {
        handBack = true;
        unanswered.addAndGet(-lines);
        return open.addAndGet(-lines) == 0;
    }

    /** Stops further lines from starting and gives those back that nobody took; true when nothing is open any more. */
    boolean stop() {
        stopped = true;
        int from = next.getAndSet(NO_LINE);
        return from < offsets.length && giveBack(offsets.length - from);
    }

    boolean isStopped() {
        return stopped;
    }

    boolean hasNothingOpen() {
        return open.get() == 0;
    }

    ClaimStore.Report report() {
        return new ClaimStore.Report(claim, lastOffset.get(), handBack);
    }
}
