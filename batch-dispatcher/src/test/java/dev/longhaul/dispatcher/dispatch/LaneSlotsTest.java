package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaneSlotsTest {
    @Test
    void theSharesOfACeilingAreTheCeilingHoweverManyShareIt() {
        for (int ceiling = 0; ceiling < 70; ceiling++) {
            for (int parts = 1; parts < 12; parts++) {
                int whole = ceiling;
                int among = parts;
                int[] shares = IntStream.range(0, parts)
                        .map(rank -> LaneSlots.part(whole, among, rank))
                        .toArray();
                assertThat(IntStream.of(shares).sum()).isEqualTo(ceiling);
                assertThat(IntStream.of(shares).max().orElseThrow()
                                - IntStream.of(shares).min().orElseThrow())
                        .isLessThanOrEqualTo(1);
            }
        }
    }
}
