package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RateTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void risesAtOnceWithThePresent() {
        Rate rate = new Rate(0);
        assertThat(rate.update(100, SECOND)).isEqualTo(100);
        assertThat(rate.update(1_100, 2 * SECOND)).isEqualTo(1_000);
    }

    @Test
    void fallsByHalfASecondAtMost() {
        Rate rate = new Rate(0);
        rate.update(1_000, SECOND);
        assertThat(rate.update(1_000, 2 * SECOND)).isCloseTo(500, within(0.1));
        assertThat(rate.update(1_000, 4 * SECOND)).isCloseTo(125, within(0.1));
    }

    @Test
    void doesNotTakeAMomentForTheRate() {
        Rate rate = new Rate(0);
        assertThat(rate.update(64, SECOND / 1_000)).isZero();
        assertThat(rate.update(64, SECOND)).isEqualTo(64);
    }
}
