package dev.longhaul.finalizer.settle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.StopReason;
import dev.longhaul.model.Transition;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class EndingTest {
    static Stream<Arguments> endings() {
        return Stream.of(
                Arguments.of(BatchStatus.IN_PROGRESS, null, Ending.COMPLETED),
                Arguments.of(BatchStatus.IN_PROGRESS, StopReason.EXPIRED, Ending.EXPIRED),
                Arguments.of(BatchStatus.FINALIZING, null, Ending.COMPLETED),
                Arguments.of(BatchStatus.CANCELLING, StopReason.CANCELLED, Ending.CANCELLED),
                Arguments.of(BatchStatus.VALIDATING, StopReason.EXPIRED, Ending.EXPIRED),
                Arguments.of(BatchStatus.VALIDATING, null, Ending.NONE),
                Arguments.of(BatchStatus.COMPLETED, null, Ending.NONE),
                Arguments.of(BatchStatus.FAILED, null, Ending.NONE));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void shouldEndABatchAsItsRowSays(BatchStatus status, @Nullable StopReason stop, Ending ending) {
        assertThat(Ending.of(status, stop)).isEqualTo(ending);
    }

    @ParameterizedTest
    @EnumSource(Ending.class)
    void shouldEndWithATerminalTransition(Ending ending) {
        List<Transition> transitions = ending.transitions();
        assertThat(transitions.isEmpty() || transitions.getLast().to().isTerminal())
                .isTrue();
    }
}
