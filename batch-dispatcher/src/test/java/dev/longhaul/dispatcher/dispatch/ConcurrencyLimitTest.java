package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
    @Test
    void startsAtItsCeiling() {
        assertThat(new ConcurrencyLimit(32).value()).isEqualTo(32);
        assertThat(new ConcurrencyLimit(0).value()).isZero();
    }

    @Test
    void anOverloadLowersItOnceForAllCallsOfThatRound() {
        ConcurrencyLimit limit = new ConcurrencyLimit(100);
        for (int call = 0; call < 50; call++) {
            limit.overloaded(-1_000 + call, 0, false);
        }
        assertThat(limit.value()).isEqualTo(70);

        limit.overloaded(1, 10, true);
        assertThat(limit.value()).isEqualTo(49);
    }

    @Test
    void neverFallsBelowOneWhileThereIsACeiling() {
        ConcurrencyLimit limit = new ConcurrencyLimit(4);
        for (int round = 0; round < 100; round++) {
            limit.overloaded(round, round, true);
        }
        assertThat(limit.value()).isEqualTo(1);
    }

    @Test
    void whereNothingSucceedsFewerCallsWouldNotHelp() {
        ConcurrencyLimit limit = new ConcurrencyLimit(100);
        for (int round = 0; round < 100; round++) {
            limit.overloaded(round, round, false);
        }
        assertThat(limit.value()).isEqualTo(70);

        limit.succeeded();
        limit.overloaded(200, 200, false);
        assertThat(limit.value()).isEqualTo(49);
    }

    @Test
    void aRoundOfGoodAnswersRaisesItByATenthUpToItsCeiling() {
        ConcurrencyLimit limit = new ConcurrencyLimit(200);
        limit.overloaded(0, 0, false);
        assertThat(limit.value()).isEqualTo(140);
        for (int answer = 0; answer < 141; answer++) {
            limit.succeeded();
        }
        assertThat(limit.value()).isEqualTo(154);
        for (int answer = 0; answer < 10_000; answer++) {
            limit.succeeded();
        }
        assertThat(limit.value()).isEqualTo(200);
    }

    @Test
    void aLimitAtItsCeilingFollowsItAndALoweredOneKeepsWhatItLearned() {
        ConcurrencyLimit limit = new ConcurrencyLimit(64);
        limit.setCeiling(32);
        assertThat(limit.value()).isEqualTo(32);
        limit.setCeiling(64);
        assertThat(limit.value()).isEqualTo(64);
        limit.overloaded(0, 0, false);
        limit.setCeiling(128);
        assertThat(limit.value()).isEqualTo(44);
        limit.setCeiling(10);
        assertThat(limit.value()).isEqualTo(10);
        limit.setCeiling(0);
        assertThat(limit.value()).isZero();
    }
}
