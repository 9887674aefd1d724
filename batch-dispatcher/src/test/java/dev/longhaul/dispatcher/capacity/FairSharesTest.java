package dev.longhaul.dispatcher.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FairSharesTest {
    @Test
    void whoHasAllTheLinesHasAllTheSlots() {
        assertThat(shares(64, Map.of("a", 1_000, "b", 0, "c", 0))).isEqualTo(Map.of("a", 64, "b", 0, "c", 0));
    }

    @Test
    void nobodyHasMoreThanItCouldUseWhileAnotherCouldUseMore() {
        assertThat(shares(64, Map.of("a", 1_000, "b", 10, "c", 1_000, "d", 1)))
                .isEqualTo(Map.of("a", 27, "b", 10, "c", 26, "d", 1));
    }

    @Test
    void whatIsLeftIsSpreadSoThatAFirstLineStartsAtOnce() {
        assertThat(shares(10, Map.of("a", 3, "b", 0, "c", 0))).isEqualTo(Map.of("a", 6, "b", 2, "c", 2));
        assertThat(shares(64, Map.of("a", 0))).isEqualTo(Map.of("a", 64));
        assertThat(shares(64, Map.of())).isEmpty();
    }

    @Test
    void moreDispatchersThanSlotsGetOneEachAsFarAsTheyGo() {
        assertThat(shares(2, Map.of("a", 5, "b", 5, "c", 5))).isEqualTo(Map.of("a", 1, "b", 1, "c", 0));
        assertThat(shares(2, Map.of("a", 0, "b", 0, "c", 5))).isEqualTo(Map.of("a", 0, "b", 0, "c", 2));
    }

    @Test
    void theSharesAreTheSlotsAndFairWhateverTheDemands() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            int slots = random.nextInt(100);
            TreeMap<String, Integer> demands = new TreeMap<>();
            for (int i = random.nextInt(12); i >= 0; i--) {
                demands.put("d" + i, random.nextInt(4) == 0 ? 0 : random.nextInt(60));
            }
            Map<String, Integer> shares = FairShares.of(slots, demands);

            assertThat(shares).as("seed %d round %d", seed, round).containsOnlyKeys(demands.keySet());
            assertThat(shares.values().stream().mapToInt(Integer::intValue).sum())
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(slots);
            demands.forEach((hungry, demand) -> {
                if (shares.getOrDefault(hungry, 0) < demand) {
                    demands.forEach((other, otherDemand) -> {
                        assertThat(shares.getOrDefault(other, 0))
                                .as("seed %d, %s beside %s", seed, other, hungry)
                                .isLessThanOrEqualTo(Math.min(otherDemand, shares.getOrDefault(hungry, 0) + 1));
                    });
                }
            });
        }
    }

    private static Map<String, Integer> shares(int slots, Map<String, Integer> demands) {
        return FairShares.of(slots, new TreeMap<>(demands));
    }
}
