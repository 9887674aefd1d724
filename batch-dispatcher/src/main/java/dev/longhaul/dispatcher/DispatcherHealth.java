package dev.longhaul.dispatcher;

import dev.longhaul.dispatcher.backend.Troubles;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.StoreException;
import dev.longhaul.store.kafka.KafkaProbe;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
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

    /** Hints and results go through there; names the topics that do not exist. */
    @Produces
    @Readiness
    HealthCheck kafka(KafkaProbe kafka) {
        return () -> {
            HealthCheckResponseBuilder response = HealthCheckResponse.named("kafka");
            try {
                return response.status(kafka.answers()).build();
            } catch (IllegalStateException e) {
                return response.withData("reason", String.valueOf(e.getMessage()))
                        .down()
                        .build();
            }
        };
    }

    /** Names what is wrong with which backend; ready all the same, for the other backends and models. */
    @Produces
    @Readiness
    HealthCheck backends(Troubles troubles) {
        return () -> {
            HealthCheckResponseBuilder answer =
                    HealthCheckResponse.named("backends").up();
            troubles.byBackend().forEach(answer::withData);
            return answer.build();
        };
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
