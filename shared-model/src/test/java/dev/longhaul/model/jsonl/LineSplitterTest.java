package dev.longhaul.model.jsonl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSplitterTest {

    @Test
    void splitsAtLineFeedsAndDropsOneCarriageReturn() {
        assertThat(split("a\nbc\r\n\n\r\nd\r\r\ne\rf\r")).containsExactly("a", "bc", "", "", "d\r", "e\rf");
    }

    @Test
    void nothingFollowsTheLastLineFeed() {
        assertThat(split("")).isEmpty();
        assertThat(split("a\n")).containsExactly("a");
        assertThat(split("\n")).containsExactly("");
    }

    @Test
    void readsOnlyItsWindow() {
        byte[] array = "x\nab\ncd\ny".getBytes(UTF_8);
        LineSplitter splitter = new LineSplitter(array, 2, 6);

        assertThat(splitter.next()).isTrue();
        assertThat(splitter.offset()).isEqualTo(2);
        assertThat(splitter.length()).isEqualTo(2);
        assertThat(splitter.next()).isTrue();
        assertThat(splitter.offset()).isEqualTo(5);
        assertThat(splitter.next()).isFalse();
        assertThat(splitter.next()).isFalse();
    }

    @Test
    void findsTheSameLineFeedAsALoopDoes() {
        Random random = new Random(7);
        int[] near = {'\n', 0x0B, 0x09, 0x8A, 0x00, 0xFF, 0x01};
        for (int round = 0; round < 100_000; round++) {
            byte[] array = new byte[random.nextInt(40)];
            Arrays.fill(array, (byte) 'a');
            for (int i = random.nextInt(6); i > 0 && array.length > 0; i--) {
                array[random.nextInt(array.length)] = (byte) near[random.nextInt(near.length)];
            }
            int from = random.nextInt(array.length + 1);
            int expected = from;
            while (expected < array.length && array[expected] != '\n') {
                expected++;
            }
            assertThat(LineSplitter.indexOfLineFeed(array, from, array.length))
                    .isEqualTo(expected == array.length ? -1 : expected);
        }
    }

    private static List<String> split(String text) {
        byte[] array = text.getBytes(UTF_8);
        LineSplitter splitter = new LineSplitter(array, 0, array.length);
        List<String> lines = new ArrayList<>();
        while (splitter.next()) {
            lines.add(new String(array, splitter.offset(), splitter.length(), UTF_8));
        }
        return lines;
    }
}
