package dev.longhaul.dispatcher.schedule;

import static dev.longhaul.dispatcher.DispatcherTester.FAKE;
import static dev.longhaul.dispatcher.DispatcherTester.NOBODY;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.dispatcher.DispatcherTester;
import dev.longhaul.dispatcher.schedule.ScheduleStore.Released;
import dev.longhaul.model.SliceHint;
import dev.longhaul.model.SliceId;
import dev.longhaul.store.Database;
import dev.longhaul.store.LeaderLease;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ScheduleStoreTest {
    private static final String CHAT = "/v1/chat/completions";
    private final DispatcherTester tester = DispatcherTester.get();

    @Inject
    ScheduleStore store;

    @Inject
    Database database;

    private Leadership leader = new Leadership("nobody", 0);

    @BeforeEach
    void theDispatcherUnderTestLeads() {
        String leads = "select holder, epoch from lease where name = 'scheduler' and until > now()";
        await().until(() -> tester.rows(leads).size() == 1);
        String[] row = tester.row(leads).split("\\|", -1);
        leader = new Leadership(row[0], Long.parseLong(row[1]));
    }

    @Test
    void releasesWhatIsPendingUnderTheNextNumber() {
        SliceId pending = slice("claim, state", "2, 'pending'");
        SliceId claimed = slice("claim, state, holder", "2, 'claimed', '" + leader.holder() + "'");
        SliceId stopped = slice("claim, state", "0, 'pending'");
        tester.sql("update batch set stop_reason = 'expired', stop_at = now() where id = ?", stopped.batchId());

        assertThat(store.release(leader, List.of(pending, claimed, stopped)))
                .extracting(Released::hint)
                .containsExactly(new SliceHint(pending, 3));
        assertThat(state(pending)).isEqualTo("released|3");
        assertThat(state(stopped)).isEqualTo("pending|0");
    }

    @Test
    void releasesNothingUnderAnotherEpochOrHolder() {
        SliceId pending = slice("claim, state", "0, 'pending'");

        assertThat(store.release(new Leadership(leader.holder(), leader.epoch() - 1), List.of(pending)))
                .isEmpty();
        assertThat(store.release(new Leadership("another", leader.epoch()), List.of(pending)))
                .isEmpty();
        assertThat(state(pending)).isEqualTo("pending|0");
    }

    @Test
    void sendsTheSameHintAgainForWhatNobodyClaimed() {
        SliceId old = slice("claim, state, changed_at", "4, 'released', now() - interval '4 s'");
        SliceId fresh = slice("claim, state, changed_at", "1, 'released', now() + interval '1 h'");

        assertThat(store.again(leader, List.of(new Demand("other", CHAT), new Demand(NOBODY, "/v1/embeddings"))))
                .extracting(Released::hint)
                .doesNotContain(new SliceHint(old, 4));
        assertThat(store.again(leader, List.of(new Demand(NOBODY, CHAT))))
                .extracting(Released::hint)
                .contains(new SliceHint(old, 4))
                .doesNotContain(new SliceHint(fresh, 1));
        assertThat(state(old)).isEqualTo("released|4");
        tester.sql("update slice set state = 'done' where batch_id in (?, ?)", old.batchId(), fresh.batchId());
    }

    /** A hint that was lost on the way, and one that comes after its slice was found unclaimed. */
    @Test
    void aSliceWhoseHintWasLostIsClaimedUnderTheSameNumber() {
        SliceId lost = tester.slice(
                List.of(line("a", FAKE, "x")),
                FAKE,
                "claim, state, changed_at",
                "1, 'released', now() - interval '4 s'");

        await().untilAsserted(() -> assertThat(state(lost)).isEqualTo("reported|1"));
        tester.sql("update slice set state = 'done' where batch_id = ?", lost.batchId());
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

    private String state(SliceId slice) {
        return tester.row("select state, claim from slice where batch_id = ?", slice.batchId());
    }

    private SliceId slice(String columns, String values) {
        return tester.slice(List.of(line("a", NOBODY, "x")), NOBODY, columns, values);
    }
}
