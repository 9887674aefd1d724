package dev.longhaul.dispatcher.plan;

import dev.longhaul.store.MissingObjectException;
import dev.longhaul.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;

/**
 * Runs attempts to plan batches. What goes wrong in one costs its own batch alone: it is put back, and waits longer each time for the
 * same reason. Told is only what is new of a batch.
 */
final class PlanAttempts {
    private static final Logger LOG = Logger.getLogger(PlanAttempts.class);

    private final PlanJob.Means means;
    private final Duration unreadableAfter;

    PlanAttempts(PlanJob.Means means, Duration unreadableAfter) {
        this.means = means;
        this.unreadableAfter = unreadableAfter;
    }

    /** Runs one; true when the batch is in progress by it. */
    boolean run(PlanStore.Claimed plan) {
        PlanJob job = new PlanJob(means, plan);
        try {
            PlanJob.End end = job.run();
            if (end == PlanJob.End.WAITS_FOR_MODELS) {
                waitForModels(plan);
            }
            return end == PlanJob.End.STARTED;
        } catch (MissingObjectException e) {
            missing(plan, job, e);
        } catch (StoreException | IOException e) {
            // A store's failure is never the file's fault.
            if (isNew(plan, PlanWait.STORE)) {
                LOG.warnf("LH-D043 planning %s failed, it will be tried again: %s", plan.batchId(), e.getMessage());
            }
            putBack(plan, PlanWait.STORE);
        } catch (RuntimeException e) {
            if (isNew(plan, PlanWait.ERROR)) {
                LOG.errorf(e, "LH-D045 planning %s failed, it will be tried again", plan.batchId());
            }
            putBack(plan, PlanWait.ERROR);
        }
        return false;
    }

    private void waitForModels(PlanStore.Claimed plan) {
        if (isNew(plan, PlanWait.MODELS)) {
            LOG.infof(
                    "LH-D044 batch %s names a model that no backend is known to serve; its plan waits until all of them have named their models",
                    plan.batchId());
        }
        putBack(plan, PlanWait.MODELS);
    }

    private void missing(PlanStore.Claimed plan, PlanJob job, MissingObjectException e) {
        try {
            if (plan.waitedSeconds(PlanWait.INPUT) >= unreadableAfter.toMillis() / 1e3) {
                job.fail(
                        PlanProblem.ofFile(
                                "input_unreadable",
                                "The input file could not be read: its content is missing from storage. Please upload it again."));
                return;
            }
        } catch (StoreException unavailable) {
            LOG.debugf("%s fails with its next attempt: %s", plan.batchId(), unavailable.getMessage());
        }
        if (isNew(plan, PlanWait.INPUT)) {
            LOG.warnf(
                    "LH-D047 The input of batch %s cannot be read; the batch fails unless it can be within %s: %s",
                    plan.batchId(), unreadableAfter, e.getMessage());
        }
        putBack(plan, PlanWait.INPUT);
    }

    private static boolean isNew(PlanStore.Claimed plan, PlanWait reason) {
        PlanStore.Waited waited = plan.waited();
        return waited == null || waited.reason() != reason;
    }

    private void putBack(PlanStore.Claimed plan, PlanWait reason) {
        double spread = ThreadLocalRandom.current().nextDouble(0.8, 1.2);
        try {
            means.claims().putBack(plan, reason, spread * reason.delaySeconds(plan.waitedSeconds(reason)));
        } catch (StoreException e) {
            LOG.debugf("the plan's lease of %s runs out by itself: %s", plan.batchId(), e.getMessage());
        }
    }
}
