package dev.longhaul.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SpeedTest {
    private final Speed speed = new Speed();

    @Test
    void shouldKnowNothingAtTheStart() {
        speed.at(seconds(0), 0);

        assertThat(speed.perSecond()).isZero();
        assertThat(speed.remaining(100)).isEmpty();
    }

    @Test
    void shouldTellSpeedAndTimeLeft() {
        speed.at(seconds(0), 0);
        speed.at(seconds(2), 100);

        assertThat(speed.perSecond()).isEqualTo(50, within(0.1));
        assertThat(speed.remaining(200)).contains(Duration.ofSeconds(2));
    }

    @Test
    void shouldForgetWhatIsLongAgo() {
        for (int second = 0; second <= 20; second++) {
            speed.at(seconds(second), second * 100L);
        }
        for (int second = 21; second <= 40; second++) {
            speed.at(seconds(second), 2000 + (second - 20) * 10L);
        }

        assertThat(speed.perSecond()).isEqualTo(10, within(0.1));
    }

    @Test
    void shouldHaveNoTimeLeftForABatchThatStands() {
        for (int second = 0; second <= 20; second++) {
            speed.at(seconds(second), 7);
        }

        assertThat(speed.remaining(100)).isEmpty();
    }

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
