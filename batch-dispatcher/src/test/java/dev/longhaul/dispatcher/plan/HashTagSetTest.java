package dev.longhaul.dispatcher.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HashTagSetTest {

    @Test
    void whatWasAddedIsFoundAndNextToNothingElse() {
        HashTagSet set = new HashTagSet(4 << 20, 1_000_000);
        long[] hashes = new Random(1).longs(set.capacity()).toArray();

        for (long hash : hashes) {
            assertThat(set.isFull()).isFalse();
            set.add(hash);
        }

        for (long hash : hashes) {
            assertThat(set.contains(hash)).isTrue();
        }
        assertThat(new Random(2).longs(1_000_000).filter(set::contains).count()).isLessThan(5);
        set.clear();
        assertThat(set.contains(hashes[0])).isFalse();
    }

    @Test
    void hashesThatShareSlotAndTagAreOne() {
        HashTagSet set = new HashTagSet(64, 10);

        assertThat(set.add(0)).isTrue();
        assertThat(set.add(1)).isFalse();
        assertThat(set.add(1L << 40)).isFalse();
        assertThat(set.add(2)).isTrue();
    }

    @Test
    void takesItsBudgetAtMostAndNoMoreThanTheElementsNeed() {
        assertThat(new HashTagSet(64 << 20, 50_000_000).capacity()).isEqualTo(12 << 20);
        assertThat(new HashTagSet(64 << 20, 100).capacity()).isBetween(100, 200);
        assertThat(new HashTagSet(100_000, 50_000_000).capacity() * 4L / 3 * 4).isLessThanOrEqualTo(100_000);
    }

    @Test
    void takesMemoryAsItFills() {
        HashTagSet set = new HashTagSet(64 << 20, 50_000_000);
        Random random = new Random(3);
        assertThat(set.bytes()).isEqualTo(512 << 10);

        for (int i = 0; i < 1_000_000; i++) {
            set.add(random.nextLong());
        }

        assertThat(set.bytes()).isBetween(1_000_000L * 5, 8L << 20);
    }

    @Test
    void holdsWhatItSaysWhateverItsSize() {
        for (int budget = 64; budget < 2 << 20; budget = budget * 4 / 3 + 1) {
            HashTagSet set = new HashTagSet(budget, Integer.MAX_VALUE);
            Random random = new Random(budget);
            for (int i = 0; i < set.capacity(); i++) {
                assertThat(set.isFull()).isFalse();
                set.add(random.nextLong());
            }
            assertThat(set.contains(random.nextLong())).isFalse();
            assertThat(set.bytes()).isLessThanOrEqualTo(budget);
        }
    }
}
