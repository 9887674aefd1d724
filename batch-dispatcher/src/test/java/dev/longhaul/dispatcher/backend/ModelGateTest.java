package dev.longhaul.dispatcher.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.dispatcher.backend.ModelGate.Refusing;
import dev.longhaul.dispatcher.backend.ModelGate.Standing;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ModelGateTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int ATTEMPTS = 5;
    private final ModelGate gate = new ModelGate(0);

    @Test
    void aFailureCountsOnceAnotherLineHasSucceededSince() {
        assertThat(failed(1, 0, null, SECOND).counts()).isFalse();
        assertThat(failed(1, 0, SECOND, 2 * SECOND).counts()).isFalse();

        gate.succeeded(3 * SECOND);

        assertThat(failed(1, 0, 2 * SECOND, 4 * SECOND).counts()).isTrue();
    }

    @Test
    void aLineKnownToFailAloneFailsOnItsOwnAndShutsNothing() {
        gate.succeeded(SECOND);
        for (int call = 1; call <= ATTEMPTS; call++) {
            assertThat(failed(1, 1, 2 * SECOND, (2L + call) * SECOND).counts()).isTrue();
        }
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void notEvenThatLineLosesAnAttemptWhenMoreThanAFewOthersFailToo() {
        gate.succeeded(SECOND);
        for (int other = 2; other < 6; other++) {
            failed(other, 0, null, SECOND + other);
        }

        assertThat(failed(1, 1, 2 * SECOND, 3 * SECOND).counts()).isFalse();
    }

    @Test
    void atTheEndOfTheWorkAFewLinesFailOnTheirOwnWhereManyDidBefore() {
        for (int line = 0; line < 200; line++) {
            if (line % 5 == 0) {
                failed(line, 0, null, line);
            } else {
                gate.succeeded(line);
            }
        }
        long end = SECOND / 2;
        assertThat(failed(201, 0, null, end).counts())
                .as("the first time nobody knows")
                .isFalse();
        assertThat(failed(201, 0, end, 2 * SECOND).counts()).isTrue();
    }

    @Test
    void whereNoneDidBeforeItIsTakenForAnOutage() {
        for (int line = 0; line < 200; line++) {
            gate.succeeded(line);
        }
        long end = SECOND / 2;
        failed(201, 0, null, end);
        assertThat(failed(201, 0, end, 2 * SECOND).counts()).isFalse();
    }

    @Test
    void overloadNeverCounts() {
        failed(1, 0, null, SECOND);
        gate.succeeded(2 * SECOND);

        for (Refusal refusal : new Refusal[] {Refusal.FULL, Refusal.UNAVAILABLE, Refusal.UNREACHABLE}) {
            assertThat(gate.refused(new Refusing(refusal, 1, false, false, 1, SECOND, 0), ATTEMPTS, 3 * SECOND)
                            .counts())
                    .isFalse();
        }
    }

    @Test
    void overloadWhileOthersAreServedShutsNothing() {
        for (int call = 0; call < 1_000; call++) {
            gate.refused(new Refusing(Refusal.FULL, call, false, true, 0, null, 0), ATTEMPTS, call * SECOND);
        }
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void nothingCountsWhileItIsShutAndOneOfManyProbes() {
        shut();

        assertThat(failed(1, 4, SECOND, 2 * SECOND).counts()).isFalse();
        assertThat(gate.tryProbe(3 * SECOND, 1)).isTrue();
        assertThat(gate.tryProbe(3 * SECOND, 2)).isFalse();
        gate.unprobed();
        assertThat(gate.tryProbe(3 * SECOND, 2)).isTrue();
        gate.succeeded(4 * SECOND);
        assertThat(gate.isOpen()).isTrue();
    }

    @Test
    void whoOpensItIsToldOnceWhetherLinesWereHandedBackUntilThen() {
        shut();
        assertThat(gate.succeeded(2 * SECOND)).as("none were").isFalse();

        for (int line = 0; line < ModelState.ENOUGH; line++) {
            failed(line, 0, null, 3 * SECOND);
        }
        gate.handedBack();
        assertThat(gate.succeeded(4 * SECOND)).isTrue();
        assertThat(gate.succeeded(4 * SECOND)).isFalse();
    }

    @Test
    void aChangeIsNewsOnceAndABurstIsNone() {
        shut();
        assertThat(gate.news(SECOND + 1)).isNull();
        assertThat(gate.trouble(SECOND + 1)).isNull();

        assertThat(gate.news(2 * SECOND)).isEqualTo(new ModelGate.News.ShutNow(Refusal.FAILING));
        assertThat(gate.news(3 * SECOND)).isNull();
        assertThat(gate.trouble(3 * SECOND)).isEqualTo(Refusal.FAILING);

        gate.succeeded(11 * SECOND);
        assertThat(gate.news(11 * SECOND)).isEqualTo(new ModelGate.News.OpenAgain(10));
        assertThat(gate.news(12 * SECOND)).isNull();
    }

    @Test
    void noFurtherLinesAreAskedForWhileOneOfThisProcessProbes() {
        assertThat(gate.wantsLines(SECOND)).isTrue();
        shut();
        assertThat(gate.wantsLines(2 * SECOND)).isFalse();
        assertThat(gate.wantsLines(20 * SECOND))
                .as("nobody has probed it for long")
                .isTrue();
    }

    private void shut() {
        for (int line = 0; line < ModelState.ENOUGH; line++) {
            failed(line, 0, null, SECOND);
        }
        assertThat(gate.isOpen()).isFalse();
    }

    private Standing failed(long line, int counted, @Nullable Long lastRefused, long nowNanos) {
        return gate.refused(
                new Refusing(Refusal.FAILING, line, false, false, counted, lastRefused, 0), ATTEMPTS, nowNanos);
    }
}
