package dev.longhaul.finalizer.unserved;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.store.MissingObjectException;
import dev.longhaul.store.StoreUnavailableException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final MissingObjectException MISSING = new MissingObjectException("no such key", new Exception());
    private static final StoreUnavailableException AWAY = new StoreUnavailableException("S3 is away", new Exception());

    private final Patience patience = new Patience(Duration.ofSeconds(60));

    private static long at(int second) {
        return Duration.ofSeconds(second).toNanos();
    }

    @Test
    void shouldPauseLongerAfterEachFailureUpToABoundAndBrieflyAgainAfterASuccess() {
        Duration first = patience.failed(AWAY, at(0));
        assertThat(patience.failed(AWAY, at(1))).isEqualTo(first.multipliedBy(2));
        for (int i = 0; i < 100; i++) {
            assertThat(patience.failed(AWAY, at(3))).isLessThanOrEqualTo(Duration.ofSeconds(10));
        }
        patience.succeeded();
        assertThat(patience.failed(AWAY, at(4))).isEqualTo(first);
    }

    @Test
    void shouldBeOverOnceAnObjectHasBeenMissingForLong() {
        patience.failed(MISSING, at(100));
        assertThat(patience.isOver(at(159))).isFalse();
        patience.failed(MISSING, at(159));
        assertThat(patience.isOver(at(160))).isTrue();
    }

    @Test
    void shouldNeverPausePastTheMomentWhenItIsOver() {
        for (int second = 0; second < 60; second += 5) {
            patience.failed(MISSING, at(second));
        }
        assertThat(patience.failed(MISSING, at(58))).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void shouldNotCountTheTimeThatS3IsAwayHoweverLong() {
        patience.failed(MISSING, at(0));
        patience.failed(AWAY, at(30));
        assertThat(patience.isOver(at(1_000))).isFalse();
        patience.failed(MISSING, at(1_000));
        assertThat(patience.isOver(at(1_059))).isFalse();
    }
}
