package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.backend.Backend;
import dev.longhaul.dispatcher.backend.ModelGate;
import dev.longhaul.dispatcher.lease.ProcessLease;
import io.vertx.core.http.HttpClientRequest;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One backend's lines on one lane: takes the next line the moment a slot is free, calls, judges, repeats. Everything here runs on
 * the lane's event loop, so that no lock and no hand-over stands between two lines.
 */
final class BackendLane {
    private static final Logger LOG = Logger.getLogger(BackendLane.class);
    /** Calls in flight when a batch stops may finish for so long. */
    private static final long STOP_GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long a line stays away whose results partition takes nothing. */
    private static final long UNWRITABLE_MILLIS = 1_000;

    private final Lane lane;
    private final Backend backend;
    private final RunQueue queue;
    private final ProcessLease lease;
    private final BackendCaller caller;
    private final ConcurrencyLimit limit = new ConcurrencyLimit(0);
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final InFlight inFlight = new InFlight();

    private final WaitingCalls waiting;
    private final LineOpening opening;
    private final ShutQueue shutQueue;
    private final Lessons lessons;
    private int countedCalls;
    private int countedPostponed;

    BackendLane(Lane lane, Backend backend, RunQueue queue, ProcessLease lease) {
        this.lane = lane;
        this.backend = backend;
        this.queue = queue;
        this.lease = lease;
        this.caller = new BackendCaller(lane, backend);
        this.waiting = new WaitingCalls(lane, backend, random);
        this.opening = new LineOpening(lane, waiting);
        this.lessons = new Lessons(lane, backend, limit);
        this.shutQueue = new ShutQueue(lane, backend, queue, waiting);
    }

    void setCeiling(int ceiling) {
        limit.setCeiling(ceiling);
        count();
    }

    /** Says how many calls and lines there are here. */
    private void count() {
        int calls = inFlight.size();
        int postponed = waiting.size();
        queue.changed(calls - countedCalls, postponed - countedPostponed);
        countedCalls = calls;
        countedPostponed = postponed;
    }

    /** Starts lines until no slot, no line or no permission is left. */
    void pump() {
        while (mayStart()) {
            LineCall call = next();
            if (call == null) {
                return;
            }
            start(call);
        }
    }

    private boolean mayStart() {
        return inFlight.size() < limit.value() && !backend.isDown() && !caller.answersWait() && lane.mayStart();
    }

    private @Nullable LineCall next() {
        long nowNanos = System.nanoTime();
        LineCall due = waiting.poll(nowNanos);
        if (due != null) {
            return due;
        }
        // Before the others, which may have lines without end.
        LineCall probe = backend.gates().isProbeDue(nowNanos) ? shutQueue.probe(nowNanos, opening) : null;
        if (probe != null) {
            return probe;
        }
        for (RunQueue.Taken taken = queue.take(); taken != null; taken = queue.take()) {
            LineCall call = opening.open(taken.run(), taken.line());
            if (call != null) {
                return call;
            }
        }
        return null;
    }

    private void start(LineCall call) {
        if (call.run.isStopped() || !lease.covers(call.run.claim().holder())) {
            lessons.unprobed(call);
            lane.giveBack(call, 0);
            return;
        }
        if (!lane.mayStart(call.run)) {
            lessons.unprobed(call);
            lane.giveBack(call, UNWRITABLE_MILLIS);
            return;
        }
        call.attempt++;
        call.calls++;
        call.startedNanos = System.nanoTime();
        call.body = lane.bodies().take();
        int serial = ++call.serial;
        inFlight.add(call);
        try {
            caller.call(call, answer -> answered(call, serial, answer));
        } catch (RuntimeException e) {
            // Later, so that a row of such lines does not pile up on the stack.
            lane.execute(() -> answered(call, serial, new Answer.Broken(String.valueOf(e.getMessage()))));
        }
    }

    private void answered(LineCall call, int serial, Answer answer) {
        if (call.serial != serial) {
            return;
        }
        call.serial++;
        inFlight.remove(call);
        try {
            ModelGate.Standing standing = lessons.learn(call, answer, inFlight.oldest());
            Verdict.Tried tried =
                    new Verdict.Tried(call.attempt, call.calls, backend.config().attempts());
            settle(call, Verdict.of(answer, tried, standing, backend.takesOurKey(), random));
        } catch (RuntimeException e) {
            // Whatever it was, the line must not stay open for ever; its result is not written, so it runs again.
            LOG.errorf(
                    e,
                    "LH-D025 the answer to line %d of %s cannot be taken over",
                    call.indexInSlice(),
                    call.run.claim().slice());
            lane.giveBack(call, WaitingCalls.PARK_MILLIS);
        }
        call.letGo(lane.bodies());
        pump();
    }

    private void settle(LineCall call, Verdict verdict) {
        switch (verdict) {
            case Verdict.Answered done -> {
                if (done.answer().isSuccess()) {
                    limit.succeeded();
                    queue.callTime().add(call.takenNanos(System.nanoTime()));
                }
                lane.results().answered(call, done.answer());
            }
            case Verdict.Failed failed -> lane.results().failed(call, failed.code(), failed.message());
            case Verdict.Again again -> {
                if (!again.counts()) {
                    call.attempt--;
                }
                if (isGivenBack(call)) {
                    return;
                }
                if (backend.isOpenFor(call.model())) {
                    waiting.postpone(call, again.delayMillis());
                } else {
                    waiting.hold(call, System.nanoTime());
                }
            }
            case Verdict.WhenBack whenItIsBack -> {
                call.attempt--;
                if (!isGivenBack(call)) {
                    waiting.again(call);
                }
            }
        }
    }

    /** Gives the line back if its run is stopped. */
    private boolean isGivenBack(LineCall call) {
        boolean stopped = call.run.isStopped();
        if (stopped) {
            lane.giveBack(call, 0);
        }
        return stopped;
    }

    /** Called every few ms by the lane: time-outs, and what waits for a model that cannot be called. */
    void tick(long nowNanos) {
        for (LineCall call :
                inFlight.overdue(nowNanos, backend.config().timeout().toNanos())) {
            limit.overloaded(call.startedNanos, nowNanos, false);
            // Told before it is broken off: the breaking would be told as an answer of its own.
            HttpClientRequest http = call.http;
            answered(
                    call,
                    call.serial,
                    new Answer.TimedOut(backend.config().timeout().toMillis()));
            reset(http);
        }
        waiting.moveAway(nowNanos);
        shutQueue.moveAway(nowNanos);
        pump();
        count();
        if (mayStart()) {
            queue.seenFree(nowNanos);
        }
    }

    /** Takes over a call that waited for another backend, due when it was there. */
    void takeOver(LineCall call) {
        waiting.takeOver(call);
    }

    /** Takes over lines that were not started at another backend. */
    void takeOver(LineGroup group) {
        queue.offer(group);
        pump();
    }

    /** Whether it could start such a line now. */
    boolean isOpenFor(@Nullable String model, String endpoint) {
        return limit.value() > 0 && backend.serves(model, endpoint) && backend.isOpenFor(model);
    }

    /** Gives back what of a paused run waits here; what is in flight ends by itself. */
    void pause(SliceRun run) {
        waiting.giveBack(run);
    }

    /** Gives back what of a stopped run waits here; what is in flight has a short grace. */
    void stop(SliceRun run) {
        waiting.giveBack(run);
        lane.after(STOP_GRACE_NANOS, () -> abandon(run));
    }

    private void abandon(SliceRun run) {
        waiting.giveBack(run);
        for (LineCall call : inFlight.of(run)) {
            call.serial++;
            inFlight.remove(call);
            reset(call.http);
            call.letGo(lane.bodies());
            lessons.unprobed(call);
            call.attempt--;
            lane.giveBack(call, 0);
        }
        pump();
    }

    private static void reset(@Nullable HttpClientRequest http) {
        if (http != null) {
            http.reset();
        }
    }
}
