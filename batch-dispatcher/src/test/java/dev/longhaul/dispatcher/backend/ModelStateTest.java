package dev.longhaul.dispatcher.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.dispatcher.backend.ModelState.Refused;
import dev.longhaul.dispatcher.backend.ModelState.Shut;
import dev.longhaul.dispatcher.backend.ModelState.Up;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelStateTest {
    private static final long MILLIS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int ATTEMPTS = 5;

    private ModelState state = Up.since(0, 0);

    @ParameterizedTest
    @EnumSource(names = {"FAILING", "UNAVAILABLE", "FULL", "KEY"})
    void refusalsInARowShutItAndASuccessBetweenDoesNot(Refusal refusal) {
        for (int line = 0; line < 15; line++) {
            refused(refusal, line, 10);
        }
        state = state.succeeded(11);
        for (int line = 0; line < 15; line++) {
            refused(refusal, line, 12);
        }
        assertThat(state).isInstanceOf(Up.class);

        refused(refusal, 15, 13);

        assertThat(state)
                .isInstanceOfSatisfying(
                        Shut.class, shut -> assertThat(shut.refusal()).isEqualTo(refusal));
    }

    @Test
    void aFewRefusalsShutItWhenNothingHasSucceededForASecond() {
        refused(Refusal.FAILING, 1, SECOND);
        refused(Refusal.FAILING, 1, SECOND + 1);
        assertThat(state).isInstanceOf(Up.class);

        refused(Refusal.FAILING, 1, SECOND + 2);

        assertThat(state).isInstanceOf(Shut.class);
    }

    @Test
    void aRefusedConnectionShutsItUnlessOthersWereMadeInTheLastSecond() {
        refused(Refusal.UNREACHABLE, 1, SECOND / 2);
        assertThat(state).isInstanceOf(Up.class);
        state = state.succeeded(SECOND / 2);

        refused(Refusal.UNREACHABLE, 1, 2 * SECOND);

        assertThat(state).isInstanceOf(Shut.class);
    }

    @Test
    void aLineKnownToFailSaysNothingAboutTheBackendHoweverOftenItDoes() {
        for (int call = 0; call < 1_000; call++) {
            state = state.refused(new Refused(Refusal.FAILING, 1, true, false, 0), call * SECOND, 0);
        }
        assertThat(state).isInstanceOf(Up.class);
    }

    @Test
    void oneLineAtATimeProbesAndTheFirstSuccessOpens() {
        shut(0);
        assertThat(shut().mayProbe(100 * MILLIS, 99)).isFalse();
        assertThat(shut().mayProbe(250 * MILLIS, 99)).isTrue();

        state = shut().probed();
        assertThat(shut().mayProbe(SECOND, 99)).isFalse();
        assertThat(state.succeeded(SECOND)).isInstanceOf(Up.class);
    }

    @Test
    void probesComeAtATwentiethOfTheTimeThatItHasBeenShutAndOnceAMinuteAtLast() {
        shut(0);
        List<Long> pauses = new ArrayList<>();
        long now = 0;
        while (now < 7_200 * SECOND) {
            long due = shut().dueNanos();
            pauses.add(due - now);
            assertThat(due - now)
                    .as("what is back after 40 s or less is found within 2 s")
                    .isLessThanOrEqualTo(Math.max(SECOND / 4, now / 20))
                    .isLessThanOrEqualTo(60 * SECOND);
            now = due;
            state = shut().probed();
            refusedProbe(Refusal.FAILING, 1, now, 0);
        }
        assertThat(pauses.getLast()).isEqualTo(60 * SECOND);
    }

    @Test
    void chanceSpreadsTheProbesOfManyProcesses() {
        for (int i = 0; i < 16; i++) {
            state = state.refused(new Refused(Refusal.FAILING, i, false, false, 0), 0, 0);
        }
        assertThat(shut().dueNanos()).isEqualTo(125 * MILLIS);
    }

    @Test
    void theWaitThatABackendAsksForComesBeforeTheNextProbe() {
        for (int i = 0; i < 16; i++) {
            state = state.refused(new Refused(Refusal.FULL, i, false, false, 30 * SECOND), 0, 1);
        }
        assertThat(shut().dueNanos()).isEqualTo(30 * SECOND);
        state = shut().probed();
        refusedProbe(Refusal.FULL, 1, 30 * SECOND, 90 * SECOND);
        assertThat(shut().dueNanos()).isEqualTo(120 * SECOND);
    }

    @Test
    void whatWasUnderWayWhenItWasShutIsNoProbe() {
        shut(0);
        state = shut().probed();
        refused(Refusal.FAILING, 77, SECOND);

        assertThat(shut().probing()).isTrue();
    }

    @Test
    void aProbeThatCameToNothingAndAHintLeaveTheNextOneDue() {
        shut(0);
        state = shut().probed().unprobed();
        assertThat(shut().mayProbe(SECOND, 99)).isTrue();

        state = shut().probed();
        refusedProbe(Refusal.FAILING, 1, 100 * SECOND, 0);
        assertThat(shut().mayProbe(101 * SECOND, 99)).isFalse();
        state = shut().hinted(101 * SECOND);
        assertThat(shut().mayProbe(101 * SECOND, 99)).isTrue();
    }

    @Test
    void whatFewLinesHaveShutAnotherMayTryAtOnce() {
        for (int call = 0; call < 3; call++) {
            refused(Refusal.FAILING, call, SECOND + call);
        }
        assertThat(shut().mayProbe(SECOND + 3, 2)).isFalse();
        assertThat(shut().mayProbe(SECOND + 3, 3)).isTrue();
        refused(Refusal.FAILING, 3, SECOND + 4);
        assertThat(shut().mayProbe(SECOND + 5, 4)).isFalse();
    }

    @Test
    void aLineIsGivenUpAfterItsAttemptsWhereOthersHardlyFailAndLaterTheMoreDo() {
        assertThat(proofWhenFailing(0)).isEqualTo(ATTEMPTS - 1);
        assertThat(proofWhenFailing(0.01)).isBetween(4.0, 6.0);
        assertThat(proofWhenFailing(0.1)).isBetween(8.0, 10.0);
        assertThat(proofWhenFailing(0.5)).isBetween(25.0, 31.0);
    }

    /** On average, once it is known how many fail. */
    private double proofWhenFailing(double share) {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        state = Up.since(0, 0);
        return IntStream.range(0, 20_000)
                .peek(call -> {
                    if (random.nextDouble() < share) {
                        refused(Refusal.FAILING, call, call);
                    } else {
                        state = state.succeeded(call);
                    }
                })
                .filter(call -> call > 2_000 && state instanceof Up)
                .map(call -> ((Up) state).proof(ATTEMPTS))
                .average()
                .orElseThrow();
    }

    private void shut(long nowNanos) {
        for (int line = 0; line < 16; line++) {
            refused(Refusal.FAILING, line, nowNanos);
        }
    }

    private Shut shut() {
        return (Shut) state;
    }

    private void refused(Refusal refusal, long line, long nowNanos) {
        state = state.refused(new Refused(refusal, line, false, false, 0), nowNanos, 1);
    }

    private void refusedProbe(Refusal refusal, long line, long nowNanos, long waitNanos) {
        state = state.refused(new Refused(refusal, line, false, true, waitNanos), nowNanos, 1);
    }
}
