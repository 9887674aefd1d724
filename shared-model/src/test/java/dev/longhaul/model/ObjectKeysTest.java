package dev.longhaul.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeysTest {
    @Test
    void shouldKeepWhatBelongsTogetherUnderOnePrefix() {
        assertThat(ObjectKeys.fileSegment("file-1", 3))
                .isEqualTo("files/file-1/3")
                .startsWith(ObjectKeys.filePrefix("file-1"));
        assertThat(ObjectKeys.resultSegment("batch_1", ResultKind.ERRORS, 4, 5))
                .isEqualTo("results/batch_1/errors/4-5")
                .startsWith(ObjectKeys.resultsPrefix("batch_1"));
    }

    @Test
    void shouldNotFindAnothersObjectsUnderAPrefix() {
        assertThat(ObjectKeys.fileSegment("file-12", 0)).doesNotStartWith(ObjectKeys.filePrefix("file-1"));
        assertThat(ObjectKeys.resultSegment("batch_12", ResultKind.OUTPUT, 1, 1))
                .doesNotStartWith(ObjectKeys.resultsPrefix("batch_1"));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42, Long.MAX_VALUE})
    void shouldTellTheEpochThatWroteASegment(long epoch) {
        assertThat(ObjectKeys.epochOf(ObjectKeys.resultSegment("batch_1", ResultKind.OUTPUT, epoch, 7)))
                .isEqualTo(epoch);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "results/batch_1/output/", "results/batch_1/output/7", "a/-7", "a/x-7"})
    void shouldRefuseAKeyThatNamesNoEpoch(String key) {
        assertThatIllegalArgumentException().isThrownBy(() -> ObjectKeys.epochOf(key));
    }
}
