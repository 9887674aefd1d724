package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.store.StoreException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Runs the slices of which some line may have killed the processes that held them: one such slice at a time, one line at a time, and
 * each line is noted in PostgreSQL before it starts. If this process dies too, the next holder finds the note, and that line ends
 * as an error without being run again. See docs/decisions/suspect-slices.md.
 */
@ApplicationScoped
class SuspectRuns {
    /** The code of a line that is not run again. */
    static final String CODE = "processing_failed";

    private static final Logger LOG = Logger.getLogger(SuspectRuns.class);
    private static final long RETRY_MILLIS = 500;

    private final Dispatch dispatch;
    private final ClaimStore claims;
    private final LinkedBlockingQueue<SliceRun> runs = new LinkedBlockingQueue<>();

    SuspectRuns(Dispatch dispatch, ClaimStore claims) {
        this.dispatch = dispatch;
        this.claims = claims;
        Thread.ofVirtual().name("suspect-runs").start(this::run);
    }

    /** Takes a slice on; it may wait for others. */
    void add(SliceRun run) {
        SliceClaim.Past past = run.claim().past();
        LOG.warnf(
                "LH-D026 slice %s outlived %d dispatchers without progress: its lines run one by one",
                run.claim().slice(), past.fruitless());
        runs.add(run);
    }

    private void run() {
        try {
            while (true) {
                SliceRun run = runs.take();
                try {
                    lineByLine(run);
                } catch (RuntimeException e) {
                    LOG.errorf(
                            e,
                            "LH-D029 slice %s cannot be run line by line",
                            run.claim().slice());
                    dispatch.stop(run);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lineByLine(SliceRun run) throws InterruptedException {
        int suspect = run.claim().past().suspectLine();
        List<LineGroup> lines = run.groups();
        for (int i = 0; i < lines.size() && !run.isStopped(); i++) {
            int index = run.indexInSlice(i);
            if (index == suspect) {
                LOG.errorf(
                        "LH-D027 line %d of slice %s is not run again",
                        index, run.claim().slice());
                dispatch.fail(
                        lines.get(i),
                        CODE,
                        "The processes that executed this request ended abnormally, several times. It was given up.");
            } else if (note(run, index)) {
                dispatch.offer(lines.get(i));
            } else {
                // Somebody else's by now.
                dispatch.stop(run);
            }
            run.awaitOpen(lines.size() - i - 1);
        }
    }

    private boolean note(SliceRun run, int index) throws InterruptedException {
        while (!run.isStopped()) {
            try {
                return claims.noteSuspect(run.claim(), index);
            } catch (StoreException e) {
                LOG.debugf("cannot note a line yet: %s", e.getMessage());
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            }
        }
        return false;
    }
}
