package dev.longhaul.dispatcher.plan;

import static dev.longhaul.dispatcher.DispatcherTester.NOBODY;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.dispatcher.DispatcherTester;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class PlanStoreTest {
    private static final PlanOutcome.Valid VALID = new PlanOutcome.Valid(1, 1, 10, NOBODY);
    private final DispatcherTester tester = DispatcherTester.get();

    @Inject
    PlanStore store;

    @Inject
    PlanClaims claims;

    private String batch = "";

    /** A batch that a live planner has, so that the one under test leaves it alone. */
    @BeforeEach
    void aBatchBeingPlanned() {
        tester.sql("insert into process (id, kind, lease_until) values ('planner', 'test', now() + interval '1 h')");
        batch = tester.slice(List.of(line("a", NOBODY, "x")), NOBODY, "state", "'pending'")
                .batchId();
        tester.sql("""
                update batch set status = 'validating', in_progress_at = null, lines_total = 0, plan_attempt = 2,
                  plan_holder = 'planner', plan_lease_until = now() + interval '1 h' where id = ?
                """, batch);
    }

    @AfterEach
    void done() {
        tester.sql("delete from batch where status = 'validating'");
        tester.sql("delete from process where id = 'planner'");
    }

    @Test
    void anOvertakenAttemptWritesNothing() {
        PlanStore.Claimed loser = attempt(1);

        assertThat(store.store(loser, List.of(slice(5)))).isFalse();
        assertThat(claims.renew(loser, 1)).isFalse();
        assertThat(store.start(loser, List.of(slice(6)), VALID)).isFalse();
        assertThat(store.reject(loser, List.of(PlanProblem.ofFile("empty_file", "empty"))))
                .isFalse();

        assertThat(seqs()).containsExactly("0");
        assertThat(tester.row("select status from batch where id = ?", batch)).isEqualTo("validating");
    }

    @Test
    void aPlanTakenOverSweepsTheLosersSlices() {
        PlanStore.Claimed winner = attempt(2);

        assertThat(store.begin(winner)).isTrue();
        assertThat(seqs()).isEmpty();
        assertThat(store.store(winner, List.of(slice(0)))).isTrue();
        assertThat(store.start(winner, List.of(slice(1)), VALID)).isTrue();

        assertThat(seqs()).containsExactly("0", "1");
        assertThat(tester.row(
                        "select status, lines_total, model, in_progress_at is not null, version from batch where id = ?",
                        batch))
                .isEqualTo("in_progress|1|nobody|t|2");
        assertThat(tester.rows("select event ->> 'type' from outbox where batch_id = ?", batch))
                .containsExactly("dev.longhaul.batch.in_progress");
    }

    @Test
    void aStoppedBatchIsNeitherStartedNorRejected() {
        tester.sql("update batch set stop_reason = 'cancelled', stop_at = now() where id = ?", batch);

        assertThat(store.start(attempt(2), List.of(), VALID)).isFalse();
        assertThat(store.reject(attempt(2), List.of(PlanProblem.ofFile("empty_file", "empty"))))
                .isFalse();
    }

    @Test
    void aRejectedPlanKeepsItsProblemsAndNoSlice() {
        assertThat(store.reject(attempt(2), List.of(PlanProblem.ofFile("empty_file", "empty"))))
                .isTrue();

        assertThat(tester.row("select status, errors -> 'data' -> 0 ->> 'code' from batch where id = ?", batch))
                .isEqualTo("failed|empty_file");
        assertThat(seqs()).isEmpty();
    }

    @Test
    void aBatchWithMoreLinesThanItsJobAllowsFails() {
        PlanStore.Claimed plan = attempt(2, new PlanStore.Bounds(null, 5L, null));

        assertThat(store.start(plan, List.of(), lines(6))).isFalse();

        assertThat(tester.row("select status, errors -> 'data' -> 0 ->> 'code' from batch where id = ?", batch))
                .isEqualTo("failed|too_many_tasks");
        assertThat(seqs()).isEmpty();
    }

    @Test
    void aBatchWithAsManyLinesAsItsJobAllowsStarts() {
        assertThat(store.start(attempt(2, new PlanStore.Bounds(null, 5L, null)), List.of(), lines(5)))
                .isTrue();
    }

    @Test
    void aBatchThatOverfillsItsTenantsQueueFails() {
        String tenant = tester.row("select tenant_id from batch where id = ?", batch);
        long used = Long.parseLong(tester.row(
                "select coalesce(sum(lines_total), 0) from batch where tenant_id = ?"
                        + " and status in ('validating', 'in_progress', 'finalizing', 'cancelling')",
                tenant));

        assertThat(store.start(attempt(2, new PlanStore.Bounds(null, null, used + 2)), List.of(), lines(3)))
                .isFalse();

        assertThat(tester.row("select status, errors -> 'data' -> 0 ->> 'message' from batch where id = ?", batch))
                .isEqualTo("failed|Enqueued line limit reached. Limit: " + (used + 2) + " lines, in use: " + used
                        + ", this batch: 3. Please try again once some of your batches have ended.");
    }

    @Test
    void aBatchThatJustFillsItsTenantsQueueStarts() {
        long used = Long.parseLong(tester.row(
                "select coalesce(sum(lines_total), 0) from batch where tenant_id = (select tenant_id from batch where id = ?)"
                        + " and status in ('validating', 'in_progress', 'finalizing', 'cancelling')",
                batch));

        assertThat(store.start(attempt(2, new PlanStore.Bounds(null, null, used + 3)), List.of(), lines(3)))
                .isTrue();
    }

    private List<String> seqs() {
        return tester.rows("select seq from slice where batch_id = ? order by seq", batch);
    }

    private PlanStore.Claimed attempt(int number) {
        return attempt(number, PlanStore.Bounds.NONE);
    }

    private PlanStore.Claimed attempt(int number, PlanStore.Bounds bounds) {
        return new PlanStore.Claimed(
                batch,
                number,
                new PlanStore.Input("file-x", 10L, null),
                "/v1/chat/completions",
                false,
                0,
                bounds,
                null,
                null,
                PlanLane.INLINE,
                "t1");
    }

    private static PlanOutcome.Valid lines(long lines) {
        return new PlanOutcome.Valid(lines, 1, 10, NOBODY);
    }

    private static PlannedSlice slice(int seq) {
        return new PlannedSlice(seq, 0, 10, 1, 1, NOBODY);
    }
}
