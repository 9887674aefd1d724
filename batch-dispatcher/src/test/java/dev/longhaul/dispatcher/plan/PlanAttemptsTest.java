package dev.longhaul.dispatcher.plan;

import static dev.longhaul.dispatcher.plan.PlanTester.chat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.dispatcher.DispatcherConfig;
import dev.longhaul.dispatcher.backend.Backends;
import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.store.LimitsConfig;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong in one plan costs its own batch alone. */
@QuarkusTest
class PlanAttemptsTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final int SMALL = 100_000;

    @Inject
    Vertx vertx;

    @Inject
    DispatcherConfig config;

    @Inject
    LimitsConfig limits;

    private PlanWorld world;
    private Backends backends;

    @BeforeEach
    void begin() throws IOException {
        world = new PlanWorld(vertx);
        world.backend.names("m");
        backends = world.backend.asked(vertx);
        await().until(() -> !backends.endpointsOf("m").isEmpty());
    }

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void inputsThatHangInS3HoldNoInputThatIsKeptInPostgresql() {
        world.s3Hangs = true;
        for (int i = 0; i < 20; i++) {
            world.inS3("t1", SMALL);
        }
        List<String> inline = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            inline.add(world.inline("t1", chat("a")));
        }
        PlanService service = service(() -> LONG);

        service.start(batchId -> {});
        try {
            await().untilAsserted(() -> assertThat(inline)
                    .allSatisfy(id -> assertThat(world.outcome(id)).isEqualTo("in_progress|null")));
        } finally {
            service.stop();
        }
        assertThat(world.database.run("select from batch where input_bytes = $1 and status <> 'validating'", SMALL))
                .isEmpty();
    }

    @Test
    void aBatchWhoseInputIsMissingWaitsAndFailsInTheEnd() {
        String batch = world.inS3("t1", SMALL);

        world.planAll(backends, LONG);
        assertThat(world.batch("status, plan_waits, plan_lease_until > now()", batch))
                .isEqualTo("validating|input|true");

        world.database.run("update batch set plan_lease_until = now(), plan_waits_since = now() - interval '2 h'");
        world.planAll(backends, LONG);
        assertThat(world.batch("status, errors -> 'data' -> 0 ->> 'code', errors -> 'data' -> 0 ->> 'message'", batch))
                .startsWith("failed|input_unreadable|The input file could not be read");
    }

    @Test
    void aBatchWaitsAsLongAsS3IsAway() throws IOException {
        String batch = world.inS3("t1", SMALL);
        world.stopS3();
        world.database.run("update batch set plan_waits = 'store', plan_waits_since = now() - interval '20 h'");

        world.planAll(backends, Duration.ZERO);

        assertThat(world.batch("status, plan_waits, plan_lease_until > now()", batch))
                .isEqualTo("validating|store|true");
    }

    @Test
    void aPlanThatBreaksIsPutBackForLongerAndLongerAndTheOthersGoOn() {
        String broken = world.inline("t1", chat("a"));
        // No such endpoint: the planner throws.
        world.database.run("update batch set endpoint = '/v1/nonsense' where id = $1", broken);
        String good = world.inline("t1", chat("a"));

        world.planAll(backends, LONG);
        assertThat(world.outcome(good)).isEqualTo("in_progress|null");
        assertThat(world.batch("status, plan_waits, plan_lease_until > now()", broken))
                .isEqualTo("validating|error|true");

        world.database.run(
                "update batch set plan_lease_until = now(), plan_waits_since = now() - interval '1 h' where id = $1",
                broken);
        world.planAll(backends, LONG);
        assertThat(world.batch("plan_lease_until > now() + interval '40 s'", broken))
                .isEqualTo("true");
    }

    private PlanService service(PlanConfig planConfig) {
        return new PlanService(
                world.claims,
                world.store,
                world.files,
                backends,
                world.memory(backends),
                new ProcessLease(world.database),
                config,
                planConfig,
                limits);
    }
}
