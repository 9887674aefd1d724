package dev.longhaul.dispatcher.dispatch;

import static dev.longhaul.dispatcher.DispatcherTester.NOBODY;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.dispatcher.DispatcherTester;
import dev.longhaul.model.SliceHint;
import dev.longhaul.model.SliceId;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ClaimStoreTest {
    private final DispatcherTester tester = DispatcherTester.get();

    @Inject
    ClaimStore store;

    @BeforeEach
    void aHolder() {
        // Of another kind, so that the leader does not judge it by its session.
        tester.sql("insert into process (id, kind, lease_until) values ('p1', 'test', now() + interval '1 h'),"
                + " ('p2', 'test', now() + interval '1 h'), ('dead', 'test', now() - interval '1 s')");
    }

    @AfterEach
    void noHolder() {
        tester.sql("delete from process where kind = 'test'");
    }

    @Test
    void claimsWhatIsReleasedUnderTheHintsNumber() {
        SliceId slice = released(4);

        assertThat(store.claim("p1", List.of(new SliceHint(slice, 3)))).isEmpty();
        assertThat(store.claim("p1", List.of(new SliceHint(slice, 5)))).isEmpty();

        SliceClaim claim = store.claim("p1", List.of(new SliceHint(slice, 4))).getFirst();
        assertThat(claim.slice()).isEqualTo(slice);
        assertThat(claim.claim()).isEqualTo(4);
        assertThat(claim.holder()).isEqualTo("p1");
        assertThat(claim.lines()).isEqualTo(2);
        assertThat(claim.past()).isEqualTo(SliceClaim.Past.NONE);
        assertThat(store.claim("p2", List.of(new SliceHint(slice, 4)))).isEmpty();
    }

    @Test
    void bringsTheBytesThatPostgresqlKeeps() {
        SliceId slice = released(1);

        SliceClaim claim = store.claim("p1", List.of(new SliceHint(slice, 1))).getFirst();

        assertThat(new String(Objects.requireNonNull(claim.bytes()), StandardCharsets.UTF_8))
                .isEqualTo(line("a", NOBODY, "x") + "\n" + line("b", NOBODY, "y") + "\n");

        SliceId elsewhere = released(1);
        tester.sql(
                "update file_segment set inline = null, object_key = 'k' where file_id = ?",
                "file-" + elsewhere.batchId());
        assertThat(store.claim("p1", List.of(new SliceHint(elsewhere, 1)))
                        .getFirst()
                        .bytes())
                .isNull();
    }

    @Test
    void knowsWhetherResultsMayBeInKafka() {
        SliceClaim first = claimed();
        assertThat(first.past().started()).isFalse();

        store.report(List.of(new ClaimStore.Report(first, -1, true, 0, null, false, false)));
        SliceClaim untouched = claimAgain(first, 2);
        assertThat(untouched.past().started()).isFalse();

        store.report(List.of(new ClaimStore.Report(untouched, 3, true, 0, null, true, false)));
        SliceClaim touched = claimAgain(first, 3);
        assertThat(touched.past().started()).isTrue();

        now(touched, "state = 'pending', holder = null");
        assertThat(claimAgain(first, 4).past().started()).isTrue();
    }

    @Test
    void remembersSinceWhenASliceCannotBeRead() {
        SliceClaim first = claimed();
        store.report(List.of(new ClaimStore.Report(first, -1, true, 0, null, false, true)));
        now(first, "unreadable_since = unreadable_since - interval '1 min'");
        SliceClaim second = claimAgain(first, 2);
        assertThat(second.past().unreadableSeconds()).isBetween(60.0, 600.0);

        store.report(List.of(new ClaimStore.Report(second, -1, true, 0, null, false, true)));
        SliceClaim third = claimAgain(first, 3);
        assertThat(third.past().unreadableSeconds()).isBetween(60.0, 600.0);

        store.report(List.of(new ClaimStore.Report(third, -1, true, 0, null, false, false)));
        assertThat(claimAgain(first, 4).past().unreadableSeconds()).isZero();
    }

    private SliceClaim claimAgain(SliceClaim before, int number) {
        now(before, "state = 'released', not_before = null, claim = " + number);
        return store.claim("p1", List.of(new SliceHint(before.slice(), number))).getFirst();
    }

    @Test
    void bringsWhatEarlierClaimsLeft() {
        SliceId slice = slice(
                "claim, state, fruitless, suspect_line, attempts, bitmap",
                "2, 'released', 1, 7, '{\"1\":[3,99]}', '\\x02'");

        SliceClaim claim = store.claim("p1", List.of(new SliceHint(slice, 2))).getFirst();

        assertThat(claim.past()).isEqualTo(new SliceClaim.Past(Map.of(1, new Waiting(3, 99)), 1, 7, false, 0));
        assertThat(claim.bitmap()).containsExactly(2);
    }

    @Test
    void claimsNothingOfAStoppedBatch() {
        SliceId slice = released(1);
        tester.sql("update batch set stop_reason = 'cancelled', stop_at = now() where id = ?", slice.batchId());

        assertThat(store.claim("p1", List.of(new SliceHint(slice, 1)))).isEmpty();
        assertThat(store.stopped(List.of(slice.batchId(), "batch_none"))).containsExactly(slice.batchId());
    }

    @Test
    void claimsNothingForADeadOrUnknownHolder() {
        SliceId slice = released(1);

        assertThat(store.claim("dead", List.of(new SliceHint(slice, 1)))).isEmpty();
        assertThat(store.claim("nobody", List.of(new SliceHint(slice, 1)))).isEmpty();
    }

    @Test
    void oneOfTwoClaimersWins() throws InterruptedException, ExecutionException {
        List<SliceHint> hints = IntStream.range(0, 8)
                .mapToObj(i -> new SliceHint(released(1), 1))
                .toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Callable<List<SliceClaim>> first = () -> store.claim("p1", hints);
            Callable<List<SliceClaim>> second = () -> store.claim("p2", hints.reversed());
            List<Future<List<SliceClaim>>> claims = threads.invokeAll(List.of(first, second));

            List<SliceClaim> all = new ArrayList<>(claims.get(0).get());
            all.addAll(claims.get(1).get());
            assertThat(all)
                    .extracting(SliceClaim::slice)
                    .doesNotHaveDuplicates()
                    .hasSize(8);
        }
    }

    @Test
    void aReportTellsWhereTheResultsAre() {
        SliceClaim claim = claimed();

        store.report(List.of(new ClaimStore.Report(claim, 77, false, 0, null, true, false)));

        assertThat(row(claim)).isEqualTo("reported|p1|77|null|null");
    }

    @Test
    void whatGoesBackMayHaveToWaitAndKeepsItsAttempts() {
        SliceClaim claim = claimed();
        tester.sql(
                "update slice set suspect_line = 1 where batch_id = ?",
                claim.slice().batchId());

        store.report(List.of(new ClaimStore.Report(
                claim, 5, true, System.currentTimeMillis() + 60_000, "{\"1\": [2, 9]}", true, false)));

        assertThat(row(claim)).isEqualTo("pending|null|5|null|{\"1\": [2, 9]}");
        assertThat(tester.row(
                        "select not_before between now() + interval '50 s' and now() + interval '61 s' from slice where batch_id = ?",
                        claim.slice().batchId()))
                .isEqualTo("t");
    }

    @Test
    void aReportUnderAnotherNumberOrHolderChangesNothing() {
        SliceClaim claim = claimed();
        tester.sql(
                "update slice set claim = claim + 1 where batch_id = ?",
                claim.slice().batchId());
        store.report(List.of(new ClaimStore.Report(claim, 77, false, 0, null, true, false)));
        assertThat(row(claim)).isEqualTo("claimed|p1|null|null|null");

        tester.sql(
                "update slice set claim = claim - 1, holder = 'p2' where batch_id = ?",
                claim.slice().batchId());
        store.report(List.of(new ClaimStore.Report(claim, 77, true, 0, null, true, false)));
        assertThat(row(claim)).isEqualTo("claimed|p2|null|null|null");
        assertThat(store.noteSuspect(claim, 1)).isFalse();
    }

    @Test
    void notesTheSuspectLine() {
        SliceClaim claim = claimed();

        assertThat(store.noteSuspect(claim, 1)).isTrue();

        assertThat(row(claim)).isEqualTo("claimed|p1|null|1|null");
    }

    @Test
    void whatWasHeldUnderALostIdentityGoesBackWithoutCountOrNote() {
        SliceClaim held = claimed();
        SliceClaim takenBack = claimed();
        SliceClaim elsewhere = claimed();
        SliceClaim reported = claimed();
        now(held, "fruitless = 2, suspect_line = 1");
        now(takenBack, "fruitless = 3, suspect_line = 1, state = 'pending', holder = null");
        now(elsewhere, "fruitless = 3, suspect_line = 1, claim = 2, holder = 'p2'");
        now(reported, "fruitless = 2, state = 'reported'");

        store.handBackLost(List.of(held, takenBack, elsewhere, reported));

        assertThat(past(held)).isEqualTo("pending|null|2|null");
        assertThat(past(takenBack)).isEqualTo("pending|null|2|null");
        assertThat(past(elsewhere)).isEqualTo("claimed|p2|2|1");
        assertThat(past(reported)).isEqualTo("reported|p1|2|null");
    }

    private void now(SliceClaim claim, String assignments) {
        tester.sql(
                "update slice set " + assignments + " where batch_id = ?",
                claim.slice().batchId());
    }

    private String past(SliceClaim claim) {
        return tester.row(
                "select state, holder, fruitless, suspect_line from slice where batch_id = ?",
                claim.slice().batchId());
    }

    @Test
    void handsBackWhatItsHolderDoesNotKnowOf() {
        SliceClaim known = claimed();
        SliceClaim unknown = claimed();
        SliceClaim recent = claimed();
        SliceClaim otherNumber = claimed();
        tester.sql(
                "update slice set changed_at = now() - interval '1 min' where holder = 'p1' and batch_id <> ?",
                recent.slice().batchId());
        tester.sql(
                "update slice set claim = 2 where batch_id = ?",
                otherNumber.slice().batchId());

        store.handBackUnknown("p1", List.of(known, otherNumber), Duration.ofSeconds(45));

        assertThat(row(known)).startsWith("claimed|p1");
        assertThat(row(unknown)).startsWith("pending|null");
        assertThat(row(recent)).startsWith("claimed|p1");
        assertThat(row(otherNumber)).startsWith("pending|null");
    }

    @Test
    void handsBackAtOnceWhatAClaimBroughtWhoseAnswerWasLost() {
        SliceClaim known = claimed();
        SliceClaim unanswered = claimed();

        store.handBackUnknown("p1", List.of(known), Duration.ZERO);

        assertThat(row(known)).startsWith("claimed|p1");
        assertThat(row(unanswered)).startsWith("pending|null");
    }

    private String row(SliceClaim claim) {
        return tester.row(
                "select state, holder, finished_offset, suspect_line, attempts from slice where batch_id = ?",
                claim.slice().batchId());
    }

    private SliceClaim claimed() {
        return store.claim("p1", List.of(new SliceHint(released(1), 1))).getFirst();
    }

    private SliceId released(int claim) {
        return slice("claim, state", claim + ", 'released'");
    }

    private SliceId slice(String columns, String values) {
        return tester.slice(List.of(line("a", NOBODY, "x"), line("b", NOBODY, "y")), NOBODY, columns, values);
    }
}
