package dev.longhaul.dispatcher.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ListTimingTest {
    private static final long MILLIS = TimeUnit.MILLISECONDS.toNanos(1);
    private final ListTiming timing = new ListTiming(0);

    @Test
    void aListIsAskedForAtOnceAndAgainEveryHalfMinute() {
        assertThat(timing.isDue(0)).isTrue();

        timing.succeeded(0);

        assertThat(timing.isDue(29_999 * MILLIS)).isFalse();
        assertThat(timing.isDue(30_000 * MILLIS)).isTrue();
    }

    @Test
    void whoNamesNoneIsAskedEverLessOften() {
        List<Long> pauses = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 8; i++) {
            timing.failed(now, "status 401");
            long pause = 0;
            while (!timing.isDue(now + pause)) {
                pause += 500 * MILLIS;
            }
            pauses.add(pause / MILLIS);
            now += pause;
        }

        assertThat(pauses).containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L, 30_000L);
    }

    @Test
    void aTroubleIsNewsUntilItChanges() {
        assertThat(timing.failed(0, "status 401")).isTrue();
        assertThat(timing.failed(0, "status 401")).isFalse();
        assertThat(timing.failed(0, "status 404")).isTrue();
        timing.succeeded(0);
        assertThat(timing.failed(0, "status 404")).isTrue();
    }
}
