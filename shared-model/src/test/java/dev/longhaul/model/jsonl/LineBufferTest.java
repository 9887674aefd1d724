package dev.longhaul.model.jsonl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LineBufferTest {
    @Test
    void growsToItsTargetBeforeItGrowsPastIt() {
        LineBuffer buffer = new LineBuffer(16, 1000);

        for (int i = 0; i < 100; i++) {
            buffer.append(new byte[10]);
        }
        assertThat(buffer.array()).hasSize(1000);

        buffer.append(new byte[1]);
        assertThat(buffer.array()).hasSize(2000);
        assertThat(buffer.length()).isEqualTo(1001);
    }

    @Test
    void takesInMoreThanTwiceItsRoomAtOnce() {
        LineBuffer buffer = new LineBuffer(16, 100);

        buffer.append(new byte[5000]);

        assertThat(buffer.array()).hasSize(5000);
    }
}
