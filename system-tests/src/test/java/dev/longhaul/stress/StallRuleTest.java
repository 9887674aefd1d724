package dev.longhaul.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.system.ChatLines;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StallRuleTest {
    private static final Work SMALL = new Work("small", ChatLines.of(1), false, seconds(10));
    private static final Work LARGE = new Work("large", ChatLines.of(1), true, seconds(10));

    @Test
    void aBatchIsMeasuredFromItsCreationToItsEnd() {
        assertThat(Stall.of(SMALL, seconds(15), List.of()).seconds()).isEqualTo(5);
    }

    @Test
    void anOutageOfWhatABatchNeedsDoesNotCount() {
        Fault outage = new Fault("outage", Fault.Excuse.EVERYBODY, seconds(11), seconds(20));

        assertThat(Stall.of(SMALL, seconds(24), List.of(outage)).seconds()).isEqualTo(4);
    }

    @Test
    void anOutageOfWhatABatchDoesNotNeedCountsFromItsBegin() {
        Fault outage = new Fault("outage", Fault.Excuse.LARGE, seconds(11), seconds(20));

        assertThat(Stall.of(SMALL, seconds(21), List.of(outage)).seconds()).isEqualTo(9);
        assertThat(Stall.of(LARGE, seconds(21), List.of(outage)).seconds()).isEqualTo(1);
    }

    @Test
    void aBatchThatHasNotEndedIsTheWorst() {
        Account account = Account.of("a test", List.of(SMALL, LARGE), Map.of("small", seconds(12)), List.of());

        assertThat(account.worst().work()).isEqualTo(LARGE);
    }

    private static long seconds(int seconds) {
        return seconds * 1_000_000_000L;
    }
}
