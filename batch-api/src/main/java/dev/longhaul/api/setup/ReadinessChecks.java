package dev.longhaul.api.setup;

import dev.longhaul.store.Database;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.kafka.KafkaProbe;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Each of the three systems under us by name: ready when it was prepared and answers now. */
@ApplicationScoped
class ReadinessChecks {
    private final Setup setup;

    ReadinessChecks(Setup setup) {
        this.setup = setup;
    }

    private interface Probe {
        boolean answers();
    }

    @Produces
    @Readiness
    HealthCheck postgresql(Database database) {
        return check("postgresql", Setup.Part.POSTGRESQL, database::isReady);
    }

    @Produces
    @Readiness
    HealthCheck kafka(KafkaProbe kafka) {
        return check("kafka", Setup.Part.KAFKA, kafka::answers);
    }

    @Produces
    @Readiness
    HealthCheck s3(ObjectStore objects) {
        return check("s3", Setup.Part.S3, objects::isReady);
    }

    private HealthCheck check(String name, Setup.Part part, Probe probe) {
        return () -> {
            HealthCheckResponseBuilder response = HealthCheckResponse.named(name);
            if (!setup.isDone(part)) {
                return response.withData("reason", "not prepared yet").down().build();
            }
            try {
                return response.status(probe.answers()).build();
            } catch (RuntimeException e) {
                return response.withData("reason", String.valueOf(e.getMessage()))
                        .down()
                        .build();
            }
        };
    }
}
