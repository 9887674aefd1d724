package dev.longhaul.dispatcher.plan;

import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.FileSegments.Segment;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** One attempt to plan one batch, on the thread that runs it. */
final class PlanJob {
    private static final Logger LOG = Logger.getLogger(PlanJob.class);
    private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final PlanStore store;
    private final FileSegments files;
    private final Backends backends;
    private final InputPlanner planner;
    private final double patienceSeconds;
    private final PlanStore.Claimed plan;
    /** The newest portion is kept back, so that a small file's plan is one transaction. */
    private List<PlannedSlice> portion = new ArrayList<>();

    private long renewedNanos = System.nanoTime();
    private boolean overtaken;
    private boolean modelsPending;

    /**
     * An attempt.
     *
     * @param patienceSeconds how long backends that have not named their models yet are waited for: a model is unknown only when all
     *     have, or after so long
     */
    PlanJob(
            PlanStore store,
            FileSegments files,
            Backends backends,
            InputPlanner planner,
            double patienceSeconds,
            PlanStore.Claimed plan) {
        this.store = store;
        this.files = files;
        this.backends = backends;
        this.planner = planner;
        this.patienceSeconds = patienceSeconds;
        this.plan = plan;
    }

    /** Plans to the end; true when the batch is in progress by it. Throws when a store fails: the plan is then tried again. */
    boolean run() throws IOException {
        Long bytes = plan.fileBytes();
        if (bytes == null) {
            store.reject(
                    plan,
                    List.of(new PlanProblem(
                            "invalid_request",
                            "Cannot find file " + plan.fileId() + ", or this organization does not have access to it.",
                            "file_id",
                            null)));
            return false;
        }
        if (!store.begin(plan)) {
            return false;
        }
        List<Segment> segments = files.of(plan.fileId());
        PlanRequest request = new PlanRequest(
                () -> new ReadAhead((offset, length) -> files.read(segments, offset, length), bytes),
                bytes,
                plan.endpoint(),
                this::endpointsOf,
                plan.oneModelOnly(),
                plan.bounds().model(),
                choice());
        return switch (planner.plan(request, this::keep, this::renewNowAndThen, () -> overtaken || modelsPending)) {
            case PlanOutcome.Valid valid -> store.start(plan, portion, valid);
            case PlanOutcome.Invalid invalid when modelsPending -> false;
            case PlanOutcome.Invalid invalid -> {
                LOG.infof(
                        "LH-D041 batch %s is invalid: %s",
                        plan.batchId(), invalid.problems().getFirst().message());
                store.reject(plan, invalid.problems());
                yield false;
            }
            case PlanOutcome.Stopped stopped -> false;
        };
    }

    private LineChoice choice() throws IOException {
        PlanStore.Retry retry = plan.retry();
        if (retry == null) {
            return LineChoice.ALL;
        }
        List<Segment> segments = files.of(retry.errorFileId());
        try (InputStream errors = files.open(segments, 0, Long.MAX_VALUE / 2)) {
            return FailedLines.read(errors, retry.errorCodes(), () -> renewNowAndThen(0, 1));
        }
    }

    /** Whether the plan met a model that a backend may yet turn out to serve; it is then worth another attempt. */
    boolean waitsForModels() {
        return modelsPending;
    }

    private List<String> endpointsOf(String model) {
        List<String> endpoints = backends.endpointsOf(model);
        modelsPending |= !endpoints.contains(plan.endpoint())
                && !backends.unknown(plan.endpoint()).isEmpty()
                && waitedSeconds() < patienceSeconds;
        return endpoints;
    }

    /** A batch that was there before this process has waited for the others' backends, not for this one's. */
    private double waitedSeconds() {
        return Math.min(plan.ageSeconds(), backends.askedForSeconds());
    }

    private void keep(List<PlannedSlice> next) {
        if (!portion.isEmpty()) {
            overtaken |= !store.store(plan, portion);
        }
        portion = List.copyOf(next);
    }

    private void renewNowAndThen(long bytesRead, long bytesToRead) {
        if (System.nanoTime() - renewedNanos > RENEW_NANOS) {
            renewedNanos = System.nanoTime();
            long bytes = plan.fileBytes() == null ? 0 : plan.fileBytes();
            overtaken |= !store.renew(plan, (long) (bytes * ((double) bytesRead / Math.max(1, bytesToRead))));
        }
    }
}
