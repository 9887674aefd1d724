package dev.longhaul.api;

import java.time.Duration;
import org.awaitility.Awaitility;

/** The service prepares its systems after it has started. */
final class Readiness {
    private Readiness() {}

    static void await() {
        Awaitility.await("PostgreSQL, Kafka and S3 are prepared")
                .ignoreExceptions()
                .pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(40))
                .until(() -> new Api("").get("/q/health/ready").status() == 200);
    }
}
