package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.model.jsonl.LineBuffer;
import dev.longhaul.model.jsonl.LineProblem;
import dev.longhaul.model.jsonl.LineTokenizer;
import dev.longhaul.model.jsonl.RequestLine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One backend's lines on one lane: takes the next line the moment a slot is free, calls, judges, repeats. Everything here runs on
 * the lane's event loop, so that no lock and no hand-over stands between two lines.
 */
final class BackendLane {
    /** Calls in flight when a batch stops may finish for so long. */
    private static final long STOP_GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Lane lane;
    private final Backend backend;
    private final RunQueue queue;
    private final ProcessLease lease;
    private final BackendCaller caller;
    private final LineTokenizer tokenizer = new LineTokenizer();
    private final ConcurrencyLimit limit = new ConcurrencyLimit(0);
    private final RandomGenerator random = RandomGenerator.getDefault();
    /** In order of their start, and so of their time-outs. */
    private final LinkedHashSet<LineCall> inFlight = new LinkedHashSet<>();

    private final PriorityQueue<LineCall> later =
            new PriorityQueue<>(Comparator.comparingLong((LineCall call) -> call.dueNanos));
    private final ArrayDeque<LineCall> whenBack = new ArrayDeque<>();

    BackendLane(Lane lane, Backend backend, RunQueue queue, ProcessLease lease) {
        this.lane = lane;
        this.backend = backend;
        this.queue = queue;
        this.lease = lease;
        this.caller = new BackendCaller(lane.vertx(), backend);
    }

    void setCeiling(int ceiling) {
        limit.setCeiling(ceiling);
        caller.setPoolSize(ceiling);
    }

    /** Starts lines until no slot, no line or no permission is left. */
    void pump() {
        while (inFlight.size() < limit.value() && !backend.isDown() && lane.mayStart()) {
            LineCall call = next();
            if (call == null) {
                return;
            }
            start(call);
        }
    }

    private @Nullable LineCall next() {
        LineCall waiting = whenBack.pollFirst();
        if (waiting != null) {
            return waiting;
        }
        LineCall due = later.peek();
        if (due != null && due.dueNanos <= System.nanoTime()) {
            return later.poll();
        }
        RunQueue.Taken taken = queue.take();
        return taken == null ? null : open(taken);
    }

    private @Nullable LineCall open(RunQueue.Taken taken) {
        SliceRun run = taken.run();
        int offset = run.offset(taken.line());
        return switch (tokenizer.tokenize(run.bytes(), offset, run.length(taken.line()))) {
            case RequestLine request -> new LineCall(run, taken.line(), request);
            case LineProblem problem ->
                throw new IllegalStateException("line " + taken.line() + " of slice " + run.claim().slice()
                        + " passed its plan but reads as " + problem.message());
        };
    }

    private void start(LineCall call) {
        if (call.run.isStopped() || !lease.covers(call.run.claim().holder())) {
            lane.giveBack(call.run, 1);
            return;
        }
        call.attempt++;
        call.startedNanos = System.nanoTime();
        call.settled = false;
        call.body = lane.takeBuffer();
        inFlight.add(call);
        caller.call(call, answer -> answered(call, answer));
    }

    private void answered(LineCall call, Answer answer) {
        if (call.settled) {
            return;
        }
        call.settled = true;
        inFlight.remove(call);
        if (answer instanceof Answer.Unreachable) {
            backend.setDown(true);
        }
        settle(call, Verdict.of(answer, call.attempt, backend.config().attempts(), random));
        call.http = null;
        LineBuffer body = call.body;
        if (body != null) {
            lane.returnBuffer(body);
            call.body = null;
        }
        pump();
    }

    private void settle(LineCall call, Verdict verdict) {
        switch (verdict) {
            case Verdict.Answered done -> {
                if (done.answer().isSuccess()) {
                    limit.succeeded();
                }
                lane.results().answered(call, done.answer());
            }
            case Verdict.Failed failed -> lane.results().failed(call, failed.code(), failed.message());
            case Verdict.Again again -> {
                if (again.overload()) {
                    limit.overloaded(call.startedNanos, System.nanoTime());
                }
                if (call.run.isStopped()) {
                    lane.giveBack(call.run, 1);
                } else {
                    call.dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(again.delayMillis());
                    later.add(call);
                }
            }
            case Verdict.WhenBack whenBackAgain -> {
                call.attempt--;
                whenBack.addLast(call);
            }
        }
    }

    /** Called every few ms by the lane: time-outs, calls of stopped batches past their grace, waiting lines of stopped runs. */
    void tick(long nowNanos) {
        long timeoutNanos = backend.config().timeout().toNanos();
        List<LineCall> overdue = new ArrayList<>();
        for (LineCall call : inFlight) {
            if (nowNanos - call.startedNanos < timeoutNanos) {
                break;
            }
            overdue.add(call);
        }
        for (LineCall call : overdue) {
            caller.reset(call);
            answered(call, new Answer.TimedOut(backend.config().timeout().toMillis()));
        }
        pump();
    }

    /** Gives back what of a stopped run waits here; what is in flight has a short grace. */
    void stop(SliceRun run) {
        int waiting = (int) later.stream().filter(call -> call.run == run).count()
                + (int) whenBack.stream().filter(call -> call.run == run).count();
        later.removeIf(call -> call.run == run);
        whenBack.removeIf(call -> call.run == run);
        if (waiting > 0) {
            lane.giveBack(run, waiting);
        }
        lane.after(STOP_GRACE_NANOS, () -> abandon(run));
    }

    private void abandon(SliceRun run) {
        for (LineCall call : inFlight.stream().filter(c -> c.run == run).toList()) {
            call.settled = true;
            inFlight.remove(call);
            caller.reset(call);
            lane.giveBack(run, 1);
        }
        pump();
    }

    int inFlight() {
        return inFlight.size();
    }

}
