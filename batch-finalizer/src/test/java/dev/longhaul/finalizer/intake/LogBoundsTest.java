package dev.longhaul.finalizer.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.finalizer.intake.LogBounds.Bounds;
import org.junit.jupiter.api.Test;

class LogBoundsTest {
    @Test
    void aLogThatWasCutIsReadFromItsEndSinceAllOfItIsRecorded() {
        assertThat(new Bounds(100, 200).nearest(500)).isEqualTo(200);
    }

    @Test
    void aNewLogIsReadFromItsBeginning() {
        assertThat(new Bounds(0, 200).nearest(500)).isZero();
    }

    @Test
    void aLogWhoseBeginningWasDeletedIsReadFromWhereItBeginsNow() {
        assertThat(new Bounds(100, 200).nearest(50)).isEqualTo(100);
    }

    @Test
    void theNextRecordsOffsetIsWithinALog() {
        assertThat(new Bounds(100, 200).contains(200)).isTrue();
        assertThat(new Bounds(100, 200).contains(201)).isFalse();
        assertThat(new Bounds(100, 200).contains(99)).isFalse();
    }
}
