package dev.longhaul.dispatcher;

import dev.longhaul.dispatcher.plan.PlanService;
import dev.longhaul.dispatcher.schedule.Scheduler;
import dev.longhaul.model.BatchStatus;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Lifecycle events wake what waits for them. They are hints: whatever they tell stands in PostgreSQL, and is looked for there. */
@ApplicationScoped
class BatchEvents {
    private static final Logger LOG = Logger.getLogger(BatchEvents.class);

    private final PlanService plans;
    private final Scheduler scheduler;
    private final StopWatch stops;

    BatchEvents(PlanService plans, Scheduler scheduler, StopWatch stops) {
        this.plans = plans;
        this.scheduler = scheduler;
        this.stops = stops;
    }

    @Incoming("batch-events")
    void on(String event) {
        try {
            JsonObject data = new JsonObject(event).getJsonObject("data");
            String batchId = data.getString("id");
            BatchStatus status = BatchStatus.ofWireName(data.getString("status"));
            if (status == BatchStatus.VALIDATING) {
                plans.created(batchId);
            } else {
                plans.planned(batchId);
            }
            switch (status) {
                case IN_PROGRESS -> mayRun(batchId, data.getLong("paused_at") != null);
                case CANCELLING -> stops.stopped(batchId);
                case VALIDATING, FINALIZING, COMPLETED, FAILED, EXPIRED, CANCELLED -> {}
            }
        } catch (DecodeException | IllegalArgumentException | NullPointerException | ClassCastException e) {
            LOG.warnf("LH-D060 an event cannot be read and is passed over: %s", e.getMessage());
        }
    }

    private void mayRun(String batchId, boolean paused) {
        if (paused) {
            stops.paused(batchId);
        } else {
            stops.goesOn(batchId);
            scheduler.wake(batchId);
        }
    }
}
