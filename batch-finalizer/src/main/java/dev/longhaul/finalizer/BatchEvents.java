package dev.longhaul.finalizer;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** A cancelled batch is looked at at once; should its event be lost, the next look finds it. */
@ApplicationScoped
class BatchEvents {
    private static final String CANCELLING = "dev.longhaul.batch.cancelling";

    private final FinalizerLifecycle lifecycle;

    BatchEvents(FinalizerLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    /** The event need not be read: a look too many costs three queries. */
    @Incoming("batch-events")
    void on(String event) {
        if (event.contains(CANCELLING)) {
            lifecycle.finalizer().ifPresent(Finalizer::wake);
        }
    }
}
