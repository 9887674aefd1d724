package dev.longhaul.dispatcher.schedule;

import static dev.longhaul.dispatcher.DispatcherTester.NOBODY;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.dispatcher.DispatcherTester;
import dev.longhaul.model.SliceId;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The dispatcher under test leads, and takes slices back by itself. */
@QuarkusTest
class ReclaimStoreTest {
    private final DispatcherTester tester = DispatcherTester.get();

    @AfterEach
    void asItWas() {
        tester.sql("delete from process where id in ('silent', 'expired')");
        tester.sql("update results_partition set checkpoint_offset = 0");
    }

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
    void takesBackWhatWasReleasedAndMayNotOrWillNotBeClaimed() {
        SliceId old = slice("claim, state, changed_at", "1, 'released', now() - interval '31 s'");
        SliceId recent = slice("claim, state", "1, 'released'");
        SliceId paused = slice("claim, state", "1, 'released'");
        tester.sql("update batch set paused_at = now() where id = ?", paused.batchId());

        await().untilAsserted(
                        () -> assertThat(List.of(state(old), state(paused))).containsExactly("pending|1", "pending|1"));
        assertThat(state(recent)).isEqualTo("released|1");
        tester.sql("update slice set state = 'done' where batch_id = ?", recent.batchId());
    }

    @Test
    void takesBackWhatTheCheckpointPassedWithoutAllOfItsLines() {
        SliceId passed = slice("claim, state, holder, finished_offset", "1, 'reported', 'x', 1000000");
        SliceId ahead = slice("claim, state, holder, finished_offset", "1, 'reported', 'x', 1000001");
        tester.sql("update results_partition set checkpoint_offset = 1000001");

        await().untilAsserted(() -> assertThat(state(passed)).isEqualTo("pending|1"));
        assertThat(state(ahead)).isEqualTo("reported|1");
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
