package dev.longhaul.dispatcher;

import jakarta.enterprise.context.ApplicationScoped;
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
}
