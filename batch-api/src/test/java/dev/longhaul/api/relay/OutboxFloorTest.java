package dev.longhaul.api.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutboxFloorTest {
    private final OutboxFloor floor = new OutboxFloor();
    private long now = 1;

    private long after(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
        return floor.above(now);
    }

    @Test
    void shouldStartFromZero() {
        assertThat(after(0)).isZero();
    }

    @Test
    void shouldStayBehindWhatIsPublishedByThreeSecondsAtLeast() {
        after(0);
        floor.published(10);

        assertThat(after(2)).isZero();
        floor.published(20);
        assertThat(after(1)).isZero();
        floor.published(30);
        assertThat(after(2)).isZero();
        assertThat(after(1)).isEqualTo(20);
        assertThat(after(3)).isEqualTo(30);
    }

    @Test
    void shouldLookAtAllEveryTenSeconds() {
        after(0);
        floor.published(10);
        after(4);
        assertThat(after(4)).isEqualTo(10);

        assertThat(after(2)).isZero();
        assertThat(after(1)).isEqualTo(10);
    }

    @Test
    void shouldLookAtAllWhenAsked() {
        after(0);
        floor.published(10);
        after(3);
        assertThat(after(3)).isEqualTo(10);

        floor.lookAtAll();

        assertThat(after(0)).isZero();
        assertThat(after(0)).isEqualTo(10);
    }
}
