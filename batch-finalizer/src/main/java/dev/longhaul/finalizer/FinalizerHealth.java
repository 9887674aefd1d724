package dev.longhaul.finalizer;

import dev.longhaul.finalizer.ownership.OwnedPartitions;
import dev.longhaul.store.Database;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.kafka.KafkaProbe;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** Ready: the three systems answer and results are being read, from each assigned partition. Alive: the loop's thread runs, whatever is away. */
@ApplicationScoped
class FinalizerHealth {
    private static final Duration STUCK = Duration.ofSeconds(15);

    private final FinalizerLifecycle lifecycle;

    FinalizerHealth(FinalizerLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Produces
    @Liveness
    HealthCheck loopAlive() {
        return () -> HealthCheckResponse.named("results-loop")
                .status(lifecycle.finalizer().map(Finalizer::isAlive).orElse(true))
                .build();
    }

    @Produces
    @Readiness
    HealthCheck loopReady() {
        return () -> {
            HealthCheckResponseBuilder response = HealthCheckResponse.named("results-loop");
            Optional<Finalizer> running = lifecycle.finalizer();
            if (running.isEmpty()) {
                return response.withData("reason", "not started yet").down().build();
            }
            Finalizer finalizer = running.get();
            List<OwnedPartitions.Wait> stuck = finalizer.waiting(STUCK);
            stuck.forEach(wait -> response.withData("partition-" + wait.partition(), wait.reason()));
            return response.withData("turnMillis", finalizer.sinceLastTurn().toMillis())
                    .withData("deadLetters", finalizer.deadLetters())
                    .withData("heldBytes", finalizer.heldBytes())
                    .status(finalizer.sinceLastTurn().compareTo(STUCK) < 0 && stuck.isEmpty())
                    .build();
        };
    }

    @Produces
    @Readiness
    HealthCheck postgresql(Database database) {
        return check("postgresql", database::isReady);
    }

    @Produces
    @Readiness
    HealthCheck kafka(KafkaProbe kafka) {
        return check("kafka", kafka::answers);
    }

    @Produces
    @Readiness
    HealthCheck s3(ObjectStore objects) {
        return check("s3", objects::isReady);
    }

    private static HealthCheck check(String name, BooleanSupplier answers) {
        return () -> {
            HealthCheckResponseBuilder response = HealthCheckResponse.named(name);
            try {
                return response.status(answers.getAsBoolean()).build();
            } catch (RuntimeException e) {
                return response.withData("reason", String.valueOf(e.getMessage()))
                        .down()
                        .build();
            }
        };
    }
}
