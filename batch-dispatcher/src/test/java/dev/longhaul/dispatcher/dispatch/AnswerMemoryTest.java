package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnswerMemoryTest {
    private static final int BUDGET = 1_000;
    private final AtomicBoolean kafkaKeepsUp = new AtomicBoolean(true);
    private final AnswerMemory memory = new AnswerMemory(BUDGET, kafkaKeepsUp::get);
    private final List<String> granted = new ArrayList<>();

    private AnswerMemory.Share share(String name) {
        return new AnswerMemory.Share(() -> granted.add(name));
    }

    @Test
    void oneAnswerGoesOnHoweverLargeAndTheOthersWaitInOrderForWhatIsGivenBack() {
        AnswerMemory.Share a = share("a");
        AnswerMemory.Share b = share("b");
        AnswerMemory.Share c = share("c");
        AnswerMemory.Share d = share("d");
        assertThat(memory.take(a, 600)).isTrue();
        assertThat(memory.take(b, 600)).as("past the budget").isTrue();
        assertThat(memory.take(c, 100)).isFalse();
        assertThat(memory.take(d, 1)).as("behind another").isFalse();
        assertThat(memory.take(b, 5_000)).as("the same one again").isTrue();

        memory.giveBack(a);
        assertThat(granted).isEmpty();

        memory.giveBack(b);
        assertThat(granted).containsExactly("c", "d");
        assertThat(memory.taken()).isEqualTo(101);
    }

    @Test
    void anAnswerThatEndsWhileItWaitsHoldsBackNoOther() {
        AnswerMemory.Share a = share("a");
        AnswerMemory.Share b = share("b");
        memory.take(a, 1_001);
        memory.take(b, 900);
        memory.take(share("c"), 10);

        memory.giveBack(b);
        memory.giveBack(a);

        assertThat(granted).containsExactly("c");
    }

    @Test
    void nothingGoesOnWhileKafkaHasNoRoomForIt() {
        kafkaKeepsUp.set(false);
        assertThat(memory.take(share("a"), 1)).isFalse();
        memory.grantWaiting();
        assertThat(granted).isEmpty();

        kafkaKeepsUp.set(true);
        memory.grantWaiting();

        assertThat(granted).containsExactly("a");
    }

    /** Answers grow by doubling and end in any order, also while they wait. */
    @Test
    void neverMoreIsTakenThanTheBudgetAndOneAnswerAndAllComeToTheirEnd() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int longest = 4_096;
        Map<Integer, Integer> sizes = new HashMap<>();
        List<Integer> going = new ArrayList<>();
        List<AnswerMemory.Share> shares = IntStream.range(0, 200)
                .mapToObj(i -> new AnswerMemory.Share(() -> going.add(i)))
                .toList();
        IntStream.range(0, 200).forEach(going::add);
        while (!going.isEmpty()) {
            int i = going.remove(random.nextInt(going.size()));
            int size = sizes.merge(i, 64, (before, any) -> 2 * before);
            if (size > longest || random.nextInt(20) == 0) {
                memory.giveBack(shares.get(i));
            } else if (memory.take(shares.get(i), size)) {
                going.add(i);
            }
            assertThat(memory.taken()).as("seed %d", seed).isLessThanOrEqualTo(BUDGET + longest);
        }
        assertThat(memory.taken()).as("seed %d", seed).isZero();
        assertThat(memory.waiting()).as("seed %d", seed).isZero();
    }
}
