package dev.longhaul.dispatcher.schedule;

import static dev.longhaul.dispatcher.DispatcherTester.NOBODY;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.dispatcher.DispatcherTester;
import dev.longhaul.model.SliceHint;
import dev.longhaul.model.SliceId;
import dev.longhaul.store.Database;
import dev.longhaul.store.LeaderLease;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ScheduleStoreTest {
    private static final String CHAT = "/v1/chat/completions";
    private final DispatcherTester tester = DispatcherTester.get();

    @Inject
    ScheduleStore store;

    @Inject
    Database database;

    @AfterEach
    void asItWas() {
        tester.sql("delete from process where id in ('silent', 'expired')");
        tester.sql("update results_partition set checkpoint_offset = 0");
    }

    @Test
    void releasesWhatIsPendingUnderTheNextNumber() {
        SliceId pending = slice("claim, state", "2, 'pending'");
        SliceId claimed = slice(
                "claim, state, holder", "2, 'claimed', (select id from process where kind = 'dispatcher' limit 1)");
        SliceId stopped = slice("claim, state", "0, 'pending'");
        tester.sql("update batch set stop_reason = 'expired', stop_at = now() where id = ?", stopped.batchId());

        List<SliceHint> hints =
                database.inTransaction(transaction -> store.release(transaction, List.of(pending, claimed, stopped)));

        assertThat(hints).containsExactly(new SliceHint(pending, 3));
        assertThat(state(pending)).isEqualTo("released|3");
        assertThat(state(stopped)).isEqualTo("pending|0");
    }

    @Test
    void candidatesAreWhatMayGoNow() {
        SliceId now = slice("state", "'pending'");
        SliceId later = slice("state, not_before", "'pending', now() + interval '1 h'");
        SliceId due = slice("state, not_before", "'pending', now() - interval '1 s'");

        assertThat(store.candidates(List.of(new Demand(NOBODY, CHAT)), 10, 1_000))
                .extracting(Candidate::slice)
                .contains(now, due)
                .doesNotContain(later);
        for (Demand other : List.of(new Demand("other", CHAT), new Demand(NOBODY, "/v1/embeddings"))) {
            assertThat(store.candidates(List.of(other), 10, 1_000))
                    .extracting(Candidate::slice)
                    .doesNotContain(now, due);
        }
    }

    @Test
    void theMoreBatchesRunTheFewerSlicesOfEachAreCandidatesButNoneHidesAnother() {
        SliceId first = slice("state", "'pending'");
        SliceId other = slice("state", "'pending'");
        tester.sql("""
                insert into slice (batch_id, seq, byte_offset, byte_length, first_line, line_count, model)
                values (?, 1, 0, 1, 2, 1, ?)""", first.batchId(), NOBODY);
        SliceId second = new SliceId(first.batchId(), 1);
        List<Demand> all = List.of(new Demand(NOBODY, CHAT));

        assertThat(store.candidates(all, 2, 100_000))
                .extracting(Candidate::slice)
                .contains(first, second, other);
        assertThat(store.candidates(all, 2, 1))
                .extracting(Candidate::slice)
                .contains(first, other)
                .doesNotContain(second);
    }

    /** The dispatcher under test leads, and does this by itself. */
    @Test
    void takesBackWhatDeadHoldersHadAndCountsThem() {
        SliceId unknown = slice("claim, state, holder, fruitless", "1, 'claimed', 'nowhere', 1");
        tester.sql(
                "insert into process (id, kind, lease_until) values ('expired', 'dispatcher', now() - interval '1 s')");
        tester.sql("insert into process (id, kind, started_at, lease_until)"
                + " values ('silent', 'dispatcher', now() - interval '5 s', now() + interval '9 s')");
        SliceId expired = slice("claim, state, holder", "1, 'claimed', 'expired'");
        SliceId silent = slice("claim, state, holder", "1, 'claimed', 'silent'");

        await().untilAsserted(() -> {
            assertThat(fruitless(unknown)).isEqualTo("pending|null|2");
            assertThat(fruitless(expired)).isEqualTo("pending|null|1");
            assertThat(fruitless(silent)).isEqualTo("pending|null|1");
        });
        assertThat(tester.rows("select 1 from process where id in ('silent', 'expired')"))
                .isEmpty();
    }

    @Test
    void takesBackWhatNobodyClaimed() {
        SliceId old = slice("claim, state, changed_at", "1, 'released', now() - interval '4 s'");
        SliceId fresh = slice("claim, state, changed_at", "1, 'released', now() + interval '1 h'");

        await().untilAsserted(() -> assertThat(state(old)).isEqualTo("pending|1"));
        assertThat(state(fresh)).isEqualTo("released|1");
        tester.sql("update slice set state = 'done' where batch_id = ?", fresh.batchId());
    }

    @Test
    void takesBackWhatTheCheckpointPassedWithoutAllOfItsLines() {
        SliceId passed = slice("claim, state, holder, finished_offset", "1, 'reported', 'x', 1000000");
        SliceId ahead = slice("claim, state, holder, finished_offset", "1, 'reported', 'x', 1000001");
        tester.sql("update results_partition set checkpoint_offset = 1000001");

        await().untilAsserted(() -> assertThat(state(passed)).isEqualTo("pending|1"));
        assertThat(state(ahead)).isEqualTo("reported|1");
    }

    @Test
    void aLeaderWhoWasReplacedWritesNothing() {
        String office = "office-" + UUID.randomUUID();
        LeaderLease first = new LeaderLease(database, office, "a");
        LeaderLease second = new LeaderLease(database, office, "b");
        OptionalLong epoch = first.acquire();
        assertThat(epoch).isPresent();
        assertThat(second.acquire()).isEmpty();
        assertThat(first.acquire()).isEqualTo(epoch);
        assertThat(holds(first, epoch.getAsLong())).isTrue();

        tester.sql("update lease set until = now() - interval '1 s' where name = ?", office);
        assertThat(holds(first, epoch.getAsLong())).isFalse();
        second = new LeaderLease(database, office, "b");
        OptionalLong next = second.acquire();

        assertThat(next).hasValue(epoch.getAsLong() + 1);
        assertThat(holds(first, epoch.getAsLong())).isFalse();
        assertThat(holds(second, next.getAsLong())).isTrue();
        first.release();
        assertThat(holds(second, next.getAsLong())).isTrue();
        second.release();
        assertThat(first.acquire()).hasValue(epoch.getAsLong() + 2);
    }

    @Test
    void aStandbyAsksOnceASecondAndWritesNothing() {
        String office = "office-" + UUID.randomUUID();
        assertThat(new LeaderLease(database, office, "a").acquire()).isPresent();
        String row = "select ctid, xmin, xmax from lease where name = ?";
        String before = tester.row(row, office);
        LeaderLease standby = new LeaderLease(database, office, "b");

        assertThat(standby.acquire()).isEmpty();

        assertThat(tester.row(row, office)).isEqualTo(before);
        tester.sql("update lease set until = now() - interval '1 s' where name = ?", office);
        assertThat(standby.acquire()).isEmpty();
        await().until(() -> standby.acquire().isPresent());
    }

    private boolean holds(LeaderLease lease, long epoch) {
        return database.inTransaction(transaction -> lease.check(transaction, epoch));
    }

    private String fruitless(SliceId slice) {
        return tester.row("select state, holder, fruitless from slice where batch_id = ?", slice.batchId());
    }

    private String state(SliceId slice) {
        return tester.row("select state, claim from slice where batch_id = ?", slice.batchId());
    }

    private SliceId slice(String columns, String values) {
        return tester.slice(List.of(line("a", NOBODY, "x")), NOBODY, columns, values);
    }
}
