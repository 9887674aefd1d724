package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.model.jsonl.LineSplitter;
import dev.longhaul.model.jsonl.LineTokenizer;
import dev.longhaul.model.jsonl.RequestLine;
import dev.longhaul.model.jsonl.ResultLine;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A claimed slice while its lines are executed. Lanes on several threads take lines from its groups; each line is taken once and
 * then settled once: answered (its result line is in a chunk) and later durable (Kafka has acknowledged the chunk), or given back.
 * Whoever settles the last one is told so, and nobody else.
 */
final class SliceRun {
    private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final SliceClaim claim;
    private final byte[] bytes;
    private final int[] offsets;
    private final int[] lengths;
    private final int[] lineIndex;
    private final ResultLine resultLine;
    private final ChunkBuilder[] builders;
    private final List<LineGroup> groups;
    private final AtomicInteger unanswered;
    private final AtomicInteger open;
    private final AtomicLong lastOffset;
    /** When the first of the lines given back may run, in milliseconds since the epoch. */
    private final AtomicLong backAtMillis = new AtomicLong(Long.MAX_VALUE);

    private final Map<Integer, Waiting> waiting;
    private volatile boolean stopped;
    private volatile boolean brokenOff;
    private volatile boolean handBack;
    /** Whether results of it may be in Kafka. */
    private volatile boolean started;

    private volatile @Nullable Thread watcher;

    /**
     * Splits the slice's bytes.
     *
     * @param done lines that need no call, and up to which offset of the results partition they were found
     * @throws IllegalStateException if the bytes hold another number of lines than the plan says
     */
    SliceRun(SliceClaim claim, byte[] bytes, RedeliveryScan.Done done, int lanes) {
        this.claim = claim;
        this.bytes = bytes;
        BitSet settled = (BitSet) done.lines().clone();
        settled.clear(claim.lines(), Math.max(claim.lines(), settled.length()));
        int due = claim.lines() - settled.cardinality();
        this.offsets = new int[due];
        this.lengths = new int[due];
        this.lineIndex = new int[due];
        LineSplitter splitter = new LineSplitter(bytes, 0, bytes.length);
        int line = 0;
        for (int i = 0; splitter.next(); line++) {
            if (line < claim.lines() && !settled.get(line)) {
                offsets[i] = splitter.offset();
                lengths[i] = splitter.length();
                lineIndex[i++] = line;
            }
        }
        if (line != claim.lines()) {
            throw new IllegalStateException(
                    "slice " + claim.slice() + " has " + line + " lines, its plan says " + claim.lines());
        }
        this.started = claim.past().started();
        this.resultLine = new ResultLine(claim.slice().batchId());
        this.builders = new ChunkBuilder[lanes];
        this.unanswered = new AtomicInteger(due);
        this.open = new AtomicInteger(due);
        // A slice with nothing left to call is reported up to where its results were found, or it would be released
        // again at once.
        this.lastOffset = new AtomicLong(done.end() - 1);
        this.waiting = new ConcurrentHashMap<>(claim.past().waiting());
        this.groups = claim.past().isSuspect() ? lineByLine(due) : byModel(due);
    }

    private List<LineGroup> byModel(int due) {
        if (claim.model() != null || due == 0) {
            return List.of(new LineGroup(this, claim.model(), due));
        }
        Map<@Nullable String, List<Integer>> members = new LinkedHashMap<>();
        LineTokenizer tokenizer = Lane.tokenizer();
        for (int i = 0; i < due; i++) {
            members.computeIfAbsent(modelOf(tokenizer, i), model -> new ArrayList<>())
                    .add(i);
        }
        return members.entrySet().stream()
                .map(one -> new LineGroup(
                        this,
                        one.getKey(),
                        one.getValue().stream().mapToInt(Integer::intValue).toArray()))
                .toList();
    }

    private List<LineGroup> lineByLine(int due) {
        List<LineGroup> single = new ArrayList<>(due);
        LineTokenizer tokenizer = Lane.tokenizer();
        for (int i = 0; i < due; i++) {
            String model = claim.model() == null ? modelOf(tokenizer, i) : claim.model();
            single.add(new LineGroup(this, model, new int[] {i}));
        }
        return List.copyOf(single);
    }

    /** Empty for a line that names none; null for one that cannot be read, so that any backend's lane may say so. */
    private @Nullable String modelOf(LineTokenizer tokenizer, int line) {
        if (tokenizer.tokenize(bytes, offsets[line], lengths[line]) instanceof RequestLine request) {
            String model = request.model();
            return model == null ? "" : model;
        }
        return null;
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

    /** Its lines by the backends that can serve them; one by one when it is suspect. */
    List<LineGroup> groups() {
        return groups;
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

    /** What an earlier attempt left of a line; null when there was none. */
    @Nullable
    Waiting waiting(int indexInSlice) {
        return waiting.isEmpty() ? null : waiting.get(indexInSlice);
    }

    /** The chunk under construction of one lane; only that lane's thread may ask. */
    ChunkBuilder builder(int lane, BufferPool buffers) {
        ChunkBuilder builder = builders[lane];
        if (builder == null) {
            builder = new ChunkBuilder(this, buffers);
            builders[lane] = builder;
        }
        return builder;
    }

    /** Counts a line as answered; true when it was the last one, so that no chunk has anything to wait for. */
    boolean answered(int indexInSlice) {
        if (!waiting.isEmpty()) {
            waiting.remove(indexInSlice);
        }
        return unanswered.decrementAndGet() == 0;
    }

    boolean allAnswered() {
        return unanswered.get() <= 0;
    }

    /** Counts lines as durable up to an offset of the results partition; true when nothing is open any more. */
    boolean durable(int lines, long offset) {
        started = true;
        lastOffset.accumulateAndGet(offset, Math::max);
        return settle(lines);
    }

    /** Gives lines back unexecuted, to run from that time on; true when nothing is open any more. */
    boolean giveBack(int lines, long fromMillis) {
        backAtMillis.accumulateAndGet(fromMillis, Math::min);
        handBack = true;
        unanswered.addAndGet(-lines);
        return settle(lines);
    }

    /** Notes the attempts of a line that goes back. */
    void remember(int indexInSlice, Waiting state) {
        waiting.put(indexInSlice, state);
    }

    /** Gives one line back with the attempts it has had; true when nothing is open any more. */
    boolean giveBack(int indexInSlice, Waiting state) {
        remember(indexInSlice, state);
        return giveBack(1, state.dueMillis());
    }

    private boolean settle(int lines) {
        boolean last = open.addAndGet(-lines) == 0;
        LockSupport.unpark(watcher);
        return last;
    }

    /** Stops further lines from starting and gives those back that nobody took; true when nothing is open any more. */
    boolean stop() {
        stopped = true;
        int rest = groups.stream().mapToInt(LineGroup::takeRest).sum();
        return rest > 0 && giveBack(rest, 0);
    }

    boolean isStopped() {
        return stopped;
    }

    /** Notes that its calls in flight are broken off after a grace, too. */
    void breakOff() {
        brokenOff = true;
    }

    boolean isBrokenOff() {
        return brokenOff;
    }

    /** How many lines are neither durable nor given back. */
    int open() {
        return open.get();
    }

    /** Blocks until no more than so many lines are open; one thread at a time. */
    void awaitOpen(int atMost) {
        watcher = Thread.currentThread();
        while (open.get() > atMost && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(WATCH_NANOS);
        }
        watcher = null;
    }

    ClaimStore.Report report() {
        return new ClaimStore.Report(
                claim,
                lastOffset.get(),
                handBack,
                handBack ? backAtMillis.get() : 0,
                Waiting.encode(waiting),
                started,
                false);
    }
}
