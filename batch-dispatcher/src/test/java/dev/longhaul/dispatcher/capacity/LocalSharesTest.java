package dev.longhaul.dispatcher.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalSharesTest {
    private static final long SECOND = 1_000_000_000L;
    private final AtomicLong now = new AtomicLong(5);
    private final LocalShares shares = new LocalShares(now::get);

    @Test
    void nothingIsLentToAProcessThatHasNotRenewedItsLease() {
        assertThat(shares.areValid()).isFalse();
        assertThat(shares.of("b")).isZero();
    }

    @Test
    void aGrantCountsUntilALaterOne() {
        shares.renewed(now.get(), Grant.NONE);
        AtomicInteger changes = new AtomicInteger();
        shares.onChange(changes::incrementAndGet);

        shares.granted(grant(2, 8));
        shares.granted(grant(1, 64));

        assertThat(shares.of("b")).isEqualTo(8);
        assertThat(changes).hasValue(1);
    }

    @Test
    void aGrantIsConfirmedOnceItIsTakenOverAndUntilThenTheLargerShareMayBeUsed() {
        shares.renewed(now.get(), Grant.NONE);
        shares.granted(grant(1, 20));
        shares.applying().run();
        Runnable late = shares.applying();
        shares.granted(grant(2, 5));

        assertThat(shares.grant()).isEqualTo(1);
        assertThat(shares.lent()).isEqualTo(Map.of("b", 20));
        shares.applying().run();
        late.run();
        assertThat(shares.grant()).isEqualTo(2);
        assertThat(shares.lent()).isEqualTo(Map.of("b", 5));
    }

    @Test
    void sharesAreVoidTwoSecondsAfterTheLastRenewalAndStaySo() {
        shares.renewed(now.get(), Grant.NONE);
        shares.granted(grant(1, 20));
        now.addAndGet(SECOND);
        long sent = now.get();
        now.addAndGet(SECOND / 2);
        shares.renewed(sent, grant(1, 20));
        now.set(sent + 2 * SECOND - 1);
        assertThat(shares.areValid()).isTrue();
        now.set(sent + 2 * SECOND);
        assertThat(shares.areValid()).isFalse();

        shares.renewed(now.get(), grant(1, 20));

        assertThat(shares.areValid()).isTrue();
        assertThat(shares.of("b")).isZero();
        shares.granted(grant(2, 7));
        assertThat(shares.of("b")).isEqualTo(7);
    }

    @Test
    void aGrantFromBeforeALapseIsTakenForNothing() {
        shares.renewed(now.get(), Grant.NONE);
        now.addAndGet(3 * SECOND);
        shares.granted(grant(4, 20));
        shares.renewed(now.get(), grant(5, 30));
        shares.renewed(now.get(), grant(5, 30));
        shares.applying().run();

        assertThat(shares.of("b")).isZero();
        assertThat(shares.grant()).isEqualTo(5);
    }

    @Test
    void aRenewalBringsAGrantWhoseNotificationWasLost() {
        shares.renewed(now.get(), Grant.NONE);
        shares.renewed(now.get(), grant(3, 9));

        assertThat(shares.of("b")).isEqualTo(9);
    }

    @Test
    void aCapReducesAndNeverRaises() {
        shares.renewed(now.get(), Grant.NONE);
        shares.granted(grant(1, 20));
        shares.granted(new Grant(2, 3, true, Map.of("b", 64)));
        assertThat(shares.of("b")).isEqualTo(20);

        shares.granted(new Grant(3, 3, true, Map.of("b", 5)));

        assertThat(shares.of("b")).isEqualTo(5);
    }

    @Test
    void whoHasNoSlotExpectsOneWhereThereIsOneForEach() {
        assertThat(shares.expected("b", 64)).isZero();
        shares.renewed(now.get(), Grant.NONE);
        shares.granted(grant(1, 0));

        assertThat(shares.expected("b", 64)).isEqualTo(1);
        assertThat(shares.expected("b", 3)).isEqualTo(1);
        assertThat(shares.expected("b", 2)).isZero();
        shares.granted(grant(2, 5));
        assertThat(shares.expected("b", 2)).isEqualTo(5);
    }

    private static Grant grant(long number, int share) {
        return new Grant(number, 3, false, Map.of("b", share));
    }
}
