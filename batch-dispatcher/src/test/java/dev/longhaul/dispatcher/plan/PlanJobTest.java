package dev.longhaul.dispatcher.plan;

import static dev.longhaul.dispatcher.plan.PlanTester.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.dispatcher.backend.ModelMemory;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which models a plan takes for served, unknown, or not known yet. */
@QuarkusTest
class PlanJobTest {
    /** Nobody listens there. */
    private static final String NOWHERE = "http://127.0.0.1:1/v1";

    @Inject
    Vertx vertx;

    private PlanWorld world;

    @BeforeEach
    void begin() throws IOException {
        world = new PlanWorld(vertx);
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void aPlanWaitsHoweverLongForABackendThatNeverNamedItsModelsAndGoesOnThen() {
        String batch = world.inline("t1", chat("a"));
        world.database.run("update batch set created_at = now() - interval '10 h'");
        Backends backends = world.backend.asked(vertx);
        plan(backends);
        assertThat(world.batch("status, plan_waits", batch)).isEqualTo("validating|models");

        world.backend.names("m");
        await().until(() -> !backends.endpointsOf("m").isEmpty());
        planWhatWaits(backends);

        assertThat(world.batch("status, lines_total", batch)).isEqualTo("in_progress|1");
    }

    @Test
    void aModelThatABackendServedBeforeIsPlannedForWhileItDoesNotAnswer() {
        String batch = world.inline("t1", chat("a"));
        remembered("late", "m");

        plan(world.backend.asked(vertx, "late", NOWHERE));

        assertThat(world.outcome(batch)).isEqualTo("in_progress|null");
    }

    @Test
    void aModelThatNoneEverHadIsUnknownAlsoWhileABackendDoesNotAnswer() {
        String batch = world.inline("t1", chat("a"));
        remembered("late", "another");

        planUntilDecided(world.backend.asked(vertx, "late", NOWHERE));

        assertThat(world.outcome(batch)).isEqualTo("failed|model_not_found");
    }

    @Test
    void aModelThatTheBackendNamesSinceALittleWhileIsNoUnknownOne() {
        world.backend.names("old");
        Backends backends = world.backend.asked(vertx);
        await().until(() -> !backends.endpointsOf("old").isEmpty());
        world.backend.names("old", "m");
        String batch = world.inline("t1", chat("a"));

        planUntilDecided(backends);

        assertThat(world.outcome(batch)).isEqualTo("in_progress|null");
    }

    @Test
    void aModelThatTheBackendDeniesWhenAskedAgainIsUnknown() {
        world.backend.names("old");
        Backends backends = world.backend.asked(vertx);
        await().until(() -> !backends.endpointsOf("old").isEmpty());
        String batch = world.inline("t1", chat("a"));

        planUntilDecided(backends);

        assertThat(world.outcome(batch)).isEqualTo("failed|model_not_found");
    }

    @Test
    void whatABackendNamesIsRememberedAndTheNewsIsTold() {
        remembered("late", "gone");
        remembered("somebody-elses", "x");
        world.backend.names("m", "n");
        Backends backends = world.backend.asked(vertx);
        ModelMemory memory = world.memory(backends);
        AtomicInteger news = new AtomicInteger();

        memory.start(news::incrementAndGet);
        await().untilAsserted(() -> assertThat(models()).containsExactly("late m", "late n", "somebody-elses x"));
        world.backend.names("n");
        planUntilAskedAgain(backends);

        await().untilAsserted(() -> assertThat(models()).containsExactly("late n", "somebody-elses x"));
        assertThat(news).hasValue(2);
        memory.stop();
    }

    private List<String> models() {
        List<String> models = new ArrayList<>();
        world.database
                .run("select backend || ' ' || model from backend_model order by 1")
                .forEach(row -> models.add(row.getString(0)));
        return models;
    }

    private void remembered(String backend, String model) {
        world.database.run("insert into backend_model (backend, model) values ($1, $2)", backend, model);
    }

    private void plan(Backends backends) {
        world.planAll(backends, Duration.ofHours(1));
    }

    private void planWhatWaits(Backends backends) {
        world.claims.release(PlanWait.MODELS);
        plan(backends);
    }

    private void planUntilDecided(Backends backends) {
        await().untilAsserted(() -> {
            planWhatWaits(backends);
            assertThat(world.database.run("select from batch where status = 'validating'"))
                    .isEmpty();
        });
    }

    private static void planUntilAskedAgain(Backends backends) {
        await().until(() -> {
            backends.undecided(PlanTester.CHAT, 0);
            return backends.endpointsOf("m").isEmpty();
        });
    }
}
