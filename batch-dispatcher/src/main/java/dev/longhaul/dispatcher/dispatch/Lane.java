package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.capacity.LocalShares;
import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.model.jsonl.LineTokenizer;
import dev.longhaul.model.jsonl.RequestLine;
import dev.longhaul.store.StoreException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One event loop with all that it owns: its connections, calls, buffers and chunks. Methods run on it unless they say otherwise. */
final class Lane {
    private static final Logger LOG = Logger.getLogger(Lane.class);
    private static final long TICK_MILLIS = 25;
    private static final long RECALL_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SPARE_BODIES = 64;
    private static final int BODY_BYTES = 2 * 1024;

    private final Vertx vertx;
    private final Context context;
    private final int index;
    private final LaneResults results;
    private final ChunkSender sender;
    private final SliceReports reports;
    private final AnswerMemory answerMemory;
    private final Consumer<String> recall;
    private final Map<String, BackendLane> backends = new LinkedHashMap<>();
    private final BufferPool bodies = new BufferPool(SPARE_BODIES, BODY_BYTES, LongAnswer.FREE_BYTES);
    private List<Lane> siblings = List.of();
    private @Nullable LocalShares shares;
    private long ticking;

    /**
     * May be called on any thread.
     *
     * @param recall brings back what was handed back while a model could not be called; may block
     */
    Lane(
            Vertx vertx,
            Context context,
            int index,
            ChunkSender sender,
            SliceReports reports,
            AnswerMemory answerMemory,
            Consumer<String> recall) {
        this.vertx = vertx;
        this.context = context;
        this.index = index;
        this.sender = sender;
        this.reports = reports;
        this.answerMemory = answerMemory;
        this.recall = recall;
        this.results = new LaneResults(this, sender);
    }

    void start(List<Lane> all, Map<Backend, RunQueue> queues, ProcessLease lease, LocalShares lent) {
        siblings = all;
        shares = lent;
        queues.forEach((backend, queue) -> backends.put(backend.name(), new BackendLane(this, backend, queue, lease)));
        ticking = vertx.setPeriodic(TICK_MILLIS, timer -> tick());
    }

    /** Starts and sends nothing any more. */
    void close() {
        vertx.cancelTimer(ticking);
    }

    private void tick() {
        long now = System.nanoTime();
        results.flushOld(now);
        answerMemory.grantWaiting();
        backends.values().forEach(backend -> backend.tick(now));
    }

    /** Runs something on the lane's thread; may be called on any thread. */
    void execute(Runnable action) {
        context.runOnContext(ignored -> action.run());
    }

    void after(long nanos, Runnable action) {
        vertx.setTimer(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)), timer -> action.run());
    }

    void setCeiling(String backend, int ceiling) {
        of(backend).setCeiling(ceiling);
    }

    void pump(String backend) {
        of(backend).pump();
    }

    private BackendLane of(String backend) {
        BackendLane lane = backends.get(backend);
        if (lane == null) {
            throw new IllegalArgumentException("no backend is called " + backend);
        }
        return lane;
    }

    void pause(SliceRun run) {
        backends.values().forEach(backend -> backend.pause(run));
    }

    void stop(SliceRun run) {
        backends.values().forEach(backend -> backend.stop(run));
    }

    /** Whether memory allows another line to start, and what this process is lent is still its own. */
    boolean mayStart() {
        LocalShares lent = shares;
        return lent != null && lent.areValid() && sender.hasRoom();
    }

    /** Whether a line of the run may start, as far as its results can be written. */
    boolean mayStart(SliceRun run) {
        return sender.hasRoom(run.claim().resultsPartition());
    }

    /** A slice's last line was answered here: what every lane has of it leaves at once. */
    void lastAnswered(SliceRun run) {
        results.flush(run);
        siblings.stream().filter(lane -> lane != this).forEach(lane -> lane.execute(() -> lane.results.flush(run)));
    }

    /** Gives a line back to its slice, to run again after a while under a later claim. */
    void giveBack(LineCall call, long delayMillis) {
        SliceRun run = call.run;
        long fromMillis = delayMillis > 0 ? System.currentTimeMillis() + delayMillis : 0;
        boolean last = call.attempt > 0
                ? run.giveBack(call.indexInSlice(), new Waiting(call.attempt, fromMillis))
                : run.giveBack(1, fromMillis);
        if (last) {
            reports.add(run);
        }
    }

    /** Gives a line back whose model cannot be called; it may run again as soon as that can. */
    void giveBackShut(LineCall call, long delayMillis) {
        SliceRun run = call.run;
        if (call.attempt > 0) {
            run.remember(call.indexInSlice(), new Waiting(call.attempt, 0));
        }
        giveBackShut(run, 1, delayMillis);
    }

    /** Gives lines back that were never started, likewise. */
    void giveBackShut(SliceRun run, int lines, long delayMillis) {
        if (lines > 0 && run.giveBack(lines, System.currentTimeMillis() + delayMillis)) {
            reports.add(run);
        }
    }

    /** A model can be called again: what was handed back for that comes again, and once more what was on its way back. */
    void reopened(String model) {
        recall(model);
        after(RECALL_AGAIN_NANOS, () -> recall(model));
    }

    private void recall(String model) {
        Thread.ofVirtual().name("recall").start(() -> {
            try {
                recall.accept(model);
            } catch (StoreException e) {
                LOG.debugf("what waits for model %s comes a little later: %s", model, e.getMessage());
            }
        });
    }

    /** A backend that could start lines of that model now; null when there is none. */
    @Nullable
    BackendLane another(@Nullable String model, String endpoint) {
        for (BackendLane backend : backends.values()) {
            if (backend.isOpenFor(model, endpoint)) {
                return backend;
            }
        }
        return null;
    }

    /** For lines that have passed their plan: of any length that the operator allowed there. */
    static LineTokenizer tokenizer() {
        return new LineTokenizer(Integer.MAX_VALUE, LineTokenizer.DEFAULT_MAX_DEPTH);
    }

    void fail(SliceRun run, int line, String code, String message) {
        if (tokenizer().tokenize(run.bytes(), run.offset(line), run.length(line)) instanceof RequestLine request) {
            results.failed(new LineCall(run, line, request), code, message);
        } else {
            results.failedUnread(run, run.indexInSlice(line), code, message);
        }
    }

    LaneResults results() {
        return results;
    }

    Vertx vertx() {
        return vertx;
    }

    int index() {
        return index;
    }

    /** What long answers take their room from. */
    AnswerMemory answerMemory() {
        return answerMemory;
    }

    /** Buffers for the bodies of answers. */
    BufferPool bodies() {
        return bodies;
    }
}
