package dev.longhaul.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The small closed types that say how a line or a batch ended. */
class LineFactsTest {
    @ParameterizedTest
    @EnumSource(StopReason.class)
    void shouldFindAStopReasonByItsWireName(StopReason reason) {
        assertThat(StopReason.ofWireName(reason.wireName())).isEqualTo(reason);
        assertThat(reason.errorCode()).isEqualTo("batch_" + reason.wireName());
        assertThat(reason.message()).isNotBlank();
    }

    @Test
    void shouldEndAStoppedBatchAsItsReasonSays() {
        assertThat(Transition.END_CANCELLED.to().wireName()).isEqualTo(StopReason.CANCELLED.wireName());
        assertThat(Transition.EXPIRE.to().wireName()).isEqualTo(StopReason.EXPIRED.wireName());
    }

    @Test
    void shouldRefuseAnUnknownStopReason() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StopReason.ofWireName("bored"))
                .withMessageContaining("stop_reason")
                .withMessageContaining("bored");
    }

    @ParameterizedTest
    @EnumSource(LineOutcome.class)
    void shouldPutOnlyCompletedLinesInTheOutputFile(LineOutcome outcome) {
        assertThat(LineOutcome.ofOrdinal(outcome.ordinal())).isEqualTo(outcome);
        assertThat(outcome.kind() == ResultKind.OUTPUT).isEqualTo(outcome == LineOutcome.COMPLETED);
    }

    @Test
    void shouldRefuseAnUnknownOutcome() {
        assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> LineOutcome.ofOrdinal(3));
        assertThatExceptionOfType(MalformedRecordException.class).isThrownBy(() -> LineOutcome.ofOrdinal(-1));
    }

    @Test
    void shouldAddUsageFieldByField() {
        var usage = new Usage(1, 2, 3, 4, 5);
        assertThat(usage.plus(new Usage(10, 20, 30, 40, 50))).isEqualTo(new Usage(11, 22, 33, 44, 55));
        assertThat(usage.plus(Usage.NONE)).isEqualTo(usage);
    }

    @Test
    void shouldRefuseNegativeTokenCounts() {
        for (int field = 0; field < 5; field++) {
            long[] counts = new long[5];
            counts[field] = -1;
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Usage(counts[0], counts[1], counts[2], counts[3], counts[4]))
                    .withMessageContaining("usage");
        }
    }

    @Test
    void shouldNameDeadLetterTopicsAfterTheirSource() {
        assertThat(Topics.deadLetter(Topics.RESULTS)).isEqualTo("batch.results.dlq");
    }
}
