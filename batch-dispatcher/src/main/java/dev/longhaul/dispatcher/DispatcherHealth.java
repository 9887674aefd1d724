package dev.longhaul.dispatcher;

import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.StoreException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while the lease holds: without it no line may start. */
@Readiness
@ApplicationScoped
class DispatcherHealth implements HealthCheck {
    private final DispatcherLifecycle lifecycle;

    DispatcherHealth(DispatcherLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("lease").status(lifecycle.isReady()).build();
    }

    /** Slices are read from there: without it work waits. */
    @Produces
    @Readiness
    HealthCheck s3(ObjectStore objects) {
        return () -> {
            try {
                return HealthCheckResponse.named("s3").status(objects.isReady()).build();
            } catch (StoreException e) {
                return HealthCheckResponse.named("s3")
                        .withData("reason", String.valueOf(e.getMessage()))
                        .down()
                        .build();
            }
        };
    }
}
