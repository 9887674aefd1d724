package dev.longhaul.dispatcher.plan;

import static dev.longhaul.dispatcher.DispatcherTester.NOBODY;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.dispatcher.DispatcherTester;
import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.dispatcher.backend.ModelServer;
import dev.longhaul.store.FileSegments;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plans that wait for backends to name their models. The batches are much older than the process that plans them. */
@QuarkusTest
class PlanJobTest {
    private static final double AGE_SECONDS = 100_000;
    private final DispatcherTester tester = DispatcherTester.get();

    @Inject
    PlanStore store;

    @Inject
    FileSegments files;

    @Inject
    Vertx vertx;

    @Test
    void aPlanWaitsForABackendToNameItsModelsAndGoesOnThen() throws IOException {
        String batch = batch();
        try (ModelServer late = new ModelServer()) {
            Backends backends = late.asked(vertx);
            PlanJob early = job(backends, batch, 30);
            assertThat(early.run()).isFalse();
            assertThat(early.waitsForModels()).isTrue();
            assertThat(outcome(batch)).isEqualTo("validating|null");

            late.names(NOBODY);
            await().until(() -> backends.unknown(PlanTester.CHAT).isEmpty());

            assertThat(job(backends, batch, 30).run()).isTrue();
            assertThat(outcome(batch)).isEqualTo("in_progress|null");
        }
    }

    @Test
    void aPlanWaitsNoLongerThanTheProcessHasBeenAsking() throws IOException {
        String batch = batch();
        try (ModelServer late = new ModelServer()) {
            Backends backends = late.asked(vertx);
            assertThat(job(backends, batch, 30).run()).isFalse();
            assertThat(outcome(batch)).isEqualTo("validating|null");

            await().until(() -> backends.askedForSeconds() > 0.1);

            assertThat(job(backends, batch, 0.1).run()).isFalse();
            assertThat(outcome(batch)).isEqualTo("failed|model_not_found");
        }
    }

    private String batch() {
        String batch = tester.heldBatch("t1", List.of(line("a", NOBODY, "x")));
        tester.sql("update batch set plan_attempt = 1 where id = ?", batch);
        return batch;
    }

    private String outcome(String batch) {
        return tester.row("select status, errors -> 'data' -> 0 ->> 'code' from batch where id = ?", batch);
    }

    private PlanJob job(Backends backends, String batch, double patienceSeconds) {
        long bytes = Long.parseLong(tester.row("select input_bytes from batch where id = ?", batch));
        return new PlanJob(
                store,
                files,
                backends,
                new InputPlanner(PlanLimits.DEFAULT),
                patienceSeconds,
                new PlanStore.Claimed(
                        batch,
                        1,
                        "file-" + batch,
                        bytes,
                        PlanTester.CHAT,
                        false,
                        AGE_SECONDS,
                        PlanStore.Bounds.NONE,
                        null));
    }
}
