package dev.longhaul.dispatcher.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class PlanClaimsTest {
    private static final int SMALL = 100_000;
    private static final int LARGE = 100_000_000;

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
    void tenThousandBatchesOfATenantDoNotDelayAnotherTenantsOne() {
        world.database.run("""
                insert into batch (id, tenant_id, job_id, input_file_id, input_bytes, endpoint, completion_window, expires_at,
                  output_ref, error_ref, results_partition, created_at)
                select 'old_' || i, 't1', 'j', 'f', 10, '/v1/responses', '24h', now() + interval '1 d', 'o', 'e', 0,
                  now() - interval '1 h' from generate_series(1, 10000) i""");
        String late = world.inline("t2", "{}");

        List<PlanStore.Claimed> first = world.claim(PlanLane.INLINE, 4, "");

        assertThat(first).hasSize(4).extracting(PlanStore.Claimed::batchId).contains(late);
    }

    @Test
    void tenantsTakeTurnsAlsoWhereOnePlanRunsAtATime() {
        for (int i = 0; i < 3; i++) {
            world.inS3("t1", LARGE);
            world.inS3("t2", LARGE);
        }
        PlanClaims.Room room = new PlanClaims.Room(PlanLane.LARGE, 1, "");
        StringBuilder turns = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            List<PlanStore.Claimed> claimed = world.claims.claim("planner", List.of(room));
            claimed.forEach(plan -> turns.append(plan.tenantId()));
            Map<PlanLane, String> next = PlanClaims.turns(List.of(room), claimed);
            room = new PlanClaims.Room(PlanLane.LARGE, 1, next.getOrDefault(PlanLane.LARGE, ""));
        }

        assertThat(turns).hasToString("t1t2t1t2t1t2");
    }

    @Test
    void aClaimFillsEachLaneWithItsOwnBatchesAndNamesThemOnce() {
        String inline = world.inline("t1", "{}");
        String small = world.inS3("t1", SMALL);
        String medium = world.inS3("t1", 5_000_000);
        String large = world.inS3("t1", LARGE);
        List<PlanClaims.Room> rooms = Arrays.stream(PlanLane.values())
                .map(lane -> new PlanClaims.Room(lane, lane.slots(), ""))
                .toList();

        assertThat(world.claims.claim("planner", rooms))
                .extracting(plan -> plan.batchId() + " " + plan.lane())
                .containsExactlyInAnyOrder(inline + " INLINE", small + " SMALL", medium + " MEDIUM", large + " LARGE");
        assertThat(world.claims.claim("planner", rooms)).isEmpty();
    }

    @Test
    void aRetryOfAnInlineFileIsNotInTheLaneThatNeedsNoS3() {
        String retry = world.inline("t1", "{}");
        world.database.run("update batch set retry_of = 'b', retry_file_id = 'f' where id = $1", retry);

        assertThat(world.claim(PlanLane.INLINE, 8, "")).isEmpty();
        assertThat(world.claim(PlanLane.SMALL, 8, "")).hasSize(1);
    }

    @Test
    void aSmallFileComesWithTheClaim() {
        world.inline("t1", "{\"x\":1}");

        assertThat(world.claim(PlanLane.INLINE, 1, "").getFirst().input().inline())
                .asString()
                .isEqualTo("{\"x\":1}\n");
    }

    @Test
    void aBatchThatWasPutBackIsNeitherDueNorInAnybodysWay() {
        String failing = world.inline("t1", "{}");
        PlanStore.Claimed plan = world.claim(PlanLane.INLINE, 1, "").getFirst();
        String next = world.inline("t1", "{}");

        world.claims.putBack(plan, PlanWait.STORE, 60);

        assertThat(world.claim(PlanLane.INLINE, 1, ""))
                .extracting(PlanStore.Claimed::batchId)
                .containsExactly(next);
        assertThat(world.claim(PlanLane.INLINE, 1, "")).isEmpty();

        world.claims.release(PlanWait.MODELS);
        assertThat(world.claim(PlanLane.INLINE, 1, "")).isEmpty();
        world.claims.release(PlanWait.STORE);
        assertThat(world.claim(PlanLane.INLINE, 1, ""))
                .extracting(PlanStore.Claimed::batchId)
                .containsExactly(failing);
    }

    @Test
    void waitingAgainForTheSameReasonGoesOnCountingAndForAnotherStartsAgain() {
        String id = world.inline("t1", "{}");
        PlanStore.Claimed plan = world.claim(PlanLane.INLINE, 1, "").getFirst();
        assertThat(plan.waited()).isNull();
        world.claims.putBack(plan, PlanWait.INPUT, 0);
        world.database.run("update batch set plan_waits_since = now() - interval '1 h' where id = $1", id);

        plan = world.claim(PlanLane.INLINE, 1, "").getFirst();
        assertThat(plan.waitedSeconds(PlanWait.INPUT)).isGreaterThan(3_599);
        assertThat(plan.waitedSeconds(PlanWait.STORE)).isZero();
        world.claims.putBack(plan, PlanWait.INPUT, 0);
        plan = world.claim(PlanLane.INLINE, 1, "").getFirst();
        assertThat(plan.waitedSeconds(PlanWait.INPUT)).isGreaterThan(3_599);

        world.claims.putBack(plan, PlanWait.STORE, 0);
        plan = world.claim(PlanLane.INLINE, 1, "").getFirst();
        assertThat(plan.waitedSeconds(PlanWait.STORE)).isLessThan(3_599);
    }

    @Test
    void aLostPlannersBatchesAreDueAtOnceAndALivingOnesAreNot() {
        world.inline("t1", "{}");
        String lost = world.claim(PlanLane.INLINE, 1, "").getFirst().batchId();
        world.inline("t1", "{}");
        world.database.run("insert into process (id, kind, lease_until) values ('alive', 'dispatcher', now())");
        assertThat(world.claims.claim("alive", List.of(new PlanClaims.Room(PlanLane.INLINE, 1, ""))))
                .hasSize(1);

        world.claims.freeOfLostPlanners();

        assertThat(world.claim(PlanLane.INLINE, 8, ""))
                .extracting(PlanStore.Claimed::batchId)
                .containsExactly(lost);
    }

    @Test
    void aStoppedBatchIsNotPlanned() {
        String id = world.inline("t1", "{}");
        world.database.run("update batch set stop_reason = 'cancelled', stop_at = now() where id = $1", id);

        assertThat(world.claim(PlanLane.INLINE, 8, "")).isEmpty();
    }
}
