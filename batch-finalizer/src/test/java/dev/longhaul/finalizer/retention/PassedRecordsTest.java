package dev.longhaul.finalizer.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.finalizer.FinalizerTester;
import dev.longhaul.store.Database;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PassedRecordsTest {
    /** A partition that no test's topic has. */
    private static final int PARTITION = 7_001;

    private static final Duration KEEP = Duration.ofHours(1);

    private final Database database = FinalizerTester.shared().database;

    @BeforeEach
    void begin() {
        database.run("delete from results_mark where partition = $1", PARTITION);
        checkpoint(10);
    }

    private void checkpoint(long offset) {
        database.run(
                "insert into results_partition (partition, checkpoint_offset) values ($1, $2)"
                        + " on conflict (partition) do update set checkpoint_offset = excluded.checkpoint_offset",
                PARTITION,
                offset);
    }

    private void letPass(String time) {
        database.run(
                "update results_mark set noted_at = noted_at - $2::text::interval where partition = $1",
                PARTITION,
                time);
    }

    /** As by a process that owns the partition from now on. */
    private Map<Integer, Long> note() {
        return new PassedRecords(database).note(Set.of(PARTITION), KEEP);
    }

    @Test
    void shouldKnowWhatWasPassedWhoeverNotedIt() {
        assertThat(note()).isEmpty();
        letPass("50 minutes");
        checkpoint(20);
        assertThat(note()).isEmpty();
        letPass("50 minutes");
        checkpoint(30);
        assertThat(note()).isEqualTo(Map.of(PARTITION, 10L));
        letPass("50 minutes");
        assertThat(note()).isEqualTo(Map.of(PARTITION, 20L));
    }

    @Test
    void shouldNeverPassTheCheckpointThoughItWentBack() {
        note();
        letPass("2 hours");
        checkpoint(5);
        assertThat(note()).isEqualTo(Map.of(PARTITION, 5L));
    }
}
