package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallTimeTest {
    private final CallTime time = new CallTime();

    @Test
    void saysNothingBeforeTheFirstAnswer() {
        assertThat(time.callsPerSecond(64)).isZero();
    }

    @Test
    void slotsDividedByTheTimeOfACallAreTheCallsASecond() {
        time.add(TimeUnit.MILLISECONDS.toNanos(200));
        assertThat(time.callsPerSecond(256)).isCloseTo(1_280, within(0.1));
    }

    @Test
    void slowCallsThatEndTogetherMakeNoBurst() {
        for (int i = 0; i < 64; i++) {
            time.add(TimeUnit.SECONDS.toNanos(10));
        }
        assertThat(time.callsPerSecond(64)).isCloseTo(6.4, within(0.1));
    }

    @Test
    void followsABackendThatGetsFaster() {
        time.add(TimeUnit.SECONDS.toNanos(1));
        for (int i = 0; i < 100; i++) {
            time.add(TimeUnit.MILLISECONDS.toNanos(10));
        }
        assertThat(time.callsPerSecond(1)).isGreaterThan(50);
    }
}
