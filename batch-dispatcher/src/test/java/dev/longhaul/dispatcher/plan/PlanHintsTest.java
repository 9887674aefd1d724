package dev.longhaul.dispatcher.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlanHintsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long LONG = TimeUnit.HOURS.toNanos(1);

    @Test
    void eachNewBatchIsLookedForByOneOfAllDispatchers() {
        for (int i = 0; i < 100; i++) {
            String batch = "batch_" + i;
            assertThat(IntStream.range(0, 5)
                            .filter(rank -> new PlanHints().isMine(batch, rank, 5, 0))
                            .count())
                    .as(batch)
                    .isEqualTo(1);
        }
    }

    @Test
    void whatAnotherLeavesAloneForASecondIsLookedForOnce() {
        PlanHints hints = hintsOfOthers(3);

        assertThat(hints.takeOverdue(SECOND - 1)).isFalse();
        assertThat(hints.nanosToNext(LONG, SECOND - 1)).isEqualTo(1);
        assertThat(hints.takeOverdue(SECOND)).isTrue();
        assertThat(hints.takeOverdue(2 * SECOND)).isFalse();
        assertThat(hints.nanosToNext(LONG, 2 * SECOND)).isEqualTo(LONG);
    }

    @Test
    void whatAnotherHasPlannedIsForgotten() {
        PlanHints hints = hintsOfOthers(1);

        hints.planned("batch_0");

        assertThat(hints.takeOverdue(LONG)).isFalse();
    }

    @Test
    void hintsOfManyBatchesTakeBoundedRoom() {
        PlanHints hints = hintsOfOthers(100_000);

        for (int i = 0; i < 1_024; i++) {
            hints.planned("batch_" + i);
        }

        assertThat(hints.takeOverdue(LONG)).isFalse();
    }

    /** Of batches that are this process's turn under no rank. */
    private static PlanHints hintsOfOthers(int count) {
        PlanHints hints = new PlanHints();
        for (int i = 0; i < count; i++) {
            assertThat(hints.isMine("batch_" + i, -1, 1, 0)).isFalse();
        }
        return hints;
    }
}
