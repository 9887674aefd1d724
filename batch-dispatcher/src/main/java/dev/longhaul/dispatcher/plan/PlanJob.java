package dev.longhaul.dispatcher.plan;

import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.dispatcher.backend.ModelMemory;
import dev.longhaul.store.FileSegments;
import dev.longhaul.store.FileSegments.Segment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** One attempt to plan one batch, on the thread that runs it. */
final class PlanJob {
    private static final Logger LOG = Logger.getLogger(PlanJob.class);
    private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final double LEAST_PATIENCE_SECONDS = 5;
    private static final double MOST_PATIENCE_SECONDS = 60;

    private final Means means;
    private final PlanStore.Claimed plan;
    /** The newest portion is kept back, so that a small file's plan is one statement. */
    private List<PlannedSlice> portion = List.of();

    private long renewedNanos = System.nanoTime();
    private boolean overtaken;
    private boolean waitsForModels;
    private boolean recalled;

    /** What all plans need. */
    record Means(
            PlanClaims claims,
            PlanStore store,
            FileSegments files,
            Backends backends,
            ModelMemory memory,
            InputPlanner planner) {}

    /** What an attempt came to. */
    enum End {
        STARTED,
        /** Nothing further to do for this attempt: the batch failed or was stopped, or another attempt has it. */
        OVER,
        /** It met a model that a backend may yet turn out to serve, and is worth another attempt. */
        WAITS_FOR_MODELS
    }

    PlanJob(Means means, PlanStore.Claimed plan) {
        this.means = means;
        this.plan = plan;
    }

    /** Plans to the end. Throws when a store fails: the plan is then tried again. */
    End run() throws IOException {
        Long bytes = plan.input().bytes();
        if (bytes == null) {
            return fail(new PlanProblem(
                    "invalid_request",
                    "Cannot find file " + plan.input().fileId() + ", or this organization does not have access to it.",
                    "file_id",
                    null));
        }
        if (!means.store().begin(plan)) {
            return End.OVER;
        }
        PlanRequest request = new PlanRequest(
                source(bytes),
                bytes,
                plan.endpoint(),
                new Models(),
                plan.oneModelOnly(),
                plan.bounds().model(),
                choice());
        PlanOutcome outcome =
                means.planner().plan(request, this::keep, this::renewNowAndThen, () -> overtaken || waitsForModels);
        if (waitsForModels) {
            return End.WAITS_FOR_MODELS;
        }
        return switch (outcome) {
            case PlanOutcome.Valid valid -> means.store().start(plan, portion, valid) ? End.STARTED : End.OVER;
            case PlanOutcome.Invalid invalid -> fail(invalid.problems());
            case PlanOutcome.Stopped stopped -> End.OVER;
        };
    }

    /** Fails the batch. */
    End fail(PlanProblem problem) {
        return fail(List.of(problem));
    }

    private End fail(List<PlanProblem> problems) {
        LOG.infof(
                "LH-D041 batch %s is invalid: %s",
                plan.batchId(), problems.getFirst().message());
        means.store().reject(plan, problems);
        return End.OVER;
    }

    private InputSource source(long bytes) {
        byte[] inline = plan.input().inline();
        if (inline != null) {
            return () -> new ByteArrayInputStream(inline);
        }
        List<Segment> segments = means.files().of(plan.input().fileId());
        return () -> reader(segments, bytes);
    }

    private ReadAhead reader(List<Segment> segments, long bytes) {
        return new ReadAhead((offset, length) -> means.files().read(segments, offset, length), bytes, patience());
    }

    /** A read that hangs does not hold the plan's slot for long, but a store that is merely slow gets its time in the end. */
    private Duration patience() {
        double waited = plan.waitedSeconds(PlanWait.STORE);
        return Duration.ofMillis((long) (1_000 * Math.clamp(waited, LEAST_PATIENCE_SECONDS, MOST_PATIENCE_SECONDS)));
    }

    private LineChoice choice() throws IOException {
        PlanStore.Retry retry = plan.retry();
        if (retry == null) {
            return LineChoice.ALL;
        }
        List<Segment> segments = means.files().of(retry.errorFileId());
        long bytes = segments.stream().mapToLong(Segment::bytes).sum();
        try (InputStream errors = reader(segments, bytes)) {
            return FailedLines.read(errors, retry.errorCodes(), () -> renewNowAndThen(0, 1));
        }
    }

    private void keep(List<PlannedSlice> next) {
        if (!portion.isEmpty()) {
            overtaken |= !means.store().store(plan, portion);
        }
        portion = List.copyOf(next);
    }

    private void renewNowAndThen(long bytesRead, long bytesToRead) {
        if (System.nanoTime() - renewedNanos > RENEW_NANOS) {
            renewedNanos = System.nanoTime();
            Long bytes = plan.input().bytes();
            double share = bytesRead / (double) Math.max(1, bytesToRead);
            overtaken |= !means.claims().renew(plan, bytes == null ? 0 : (long) (bytes * share));
        }
    }

    private final class Models implements ModelCatalog {
        @Override
        public List<String> endpointsOf(String model) {
            List<String> endpoints = means.backends().endpointsOf(model);
            if (endpoints.contains(plan.endpoint()) || model.isEmpty()) {
                return endpoints;
            }
            if (!recalled) {
                recalled = true;
                means.memory().recall();
                return endpointsOf(model);
            }
            waitsForModels |= !means.backends()
                    .undecided(plan.endpoint(), plan.ageSeconds())
                    .isEmpty();
            return endpoints;
        }

        @Override
        public Set<String> refusedFields(String model) {
            return means.backends().refusedFields(model, plan.endpoint());
        }

        @Override
        public Set<String> allRefusedFields() {
            return means.backends().refusedFields();
        }
    }
}
