package dev.longhaul.dispatcher.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClaimRateTest {
    private final ClaimRate rate = new ClaimRate();

    @Test
    void someMayBeReleasedBeforeAnybodyHasClaimedOne() {
        assertThat(rate.room(0)).isEqualTo(ClaimRate.FLOOR);
        rate.released(ClaimRate.FLOOR - 1);
        assertThat(rate.room(0)).isEqualTo(1);
        rate.released(10);
        assertThat(rate.room(0)).isZero();
    }

    @Test
    void asManyMayBeUnclaimedAsWereClaimedInTheLastSecond() {
        for (int i = 0; i < 5; i++) {
            rate.released(200);
            rate.found(0, seconds(0.1 * i));
        }

        assertThat(rate.room(seconds(0.5))).isEqualTo(1_000);
        assertThat(rate.room(seconds(1.15))).isEqualTo(600);
        assertThat(rate.room(seconds(2))).isEqualTo(ClaimRate.FLOOR);
    }

    @Test
    void whatWasTakenBackWasNotClaimed() {
        rate.released(200);
        rate.takenBack(150);
        rate.found(50, 0);

        assertThat(rate.mayBeUnclaimed()).isTrue();
        assertThat(rate.room(0)).isEqualTo(ClaimRate.FLOOR - 50);
        rate.found(0, 0);
        assertThat(rate.mayBeUnclaimed()).isFalse();
    }

    @Test
    void whatAnEarlierLeaderReleasedIsCounted() {
        rate.found(300, 0);

        assertThat(rate.room(0)).isZero();
    }

    private static long seconds(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }
}
