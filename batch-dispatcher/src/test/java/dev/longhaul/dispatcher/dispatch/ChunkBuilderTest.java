package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.ResultKind;
import dev.longhaul.model.Usage;
import dev.longhaul.model.jsonl.LineBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class ChunkBuilderTest {
    private final BufferPool buffers = new BufferPool(2, 1, 100);
    private final ChunkBuilder builder = new ChunkBuilder(
            new SliceRun(
                    SliceRunTest.claim(0, "m", SliceClaim.Past.NONE),
                    new byte[0],
                    new RedeliveryScan.Done(new BitSet(), 0),
                    1),
            buffers);

    @Test
    void keepsOutputAndErrorLinesApartAndSaysWhichIsWhich() {
        add(4, LineOutcome.COMPLETED, "four\n", 0);
        add(1, LineOutcome.FAILED, "one\n", 0);
        add(9, LineOutcome.COMPLETED, "nine\n", 0);

        ResultChunk chunk = ResultChunk.decode(builder.chunk().encode());

        assertThat(StandardCharsets.UTF_8.decode(chunk.output()).toString()).isEqualTo("four\nnine\n");
        assertThat(StandardCharsets.UTF_8.decode(chunk.errors()).toString()).isEqualTo("one\n");
        assertThat(chunk.entries()).extracting(ResultChunk.Entry::line).containsExactly(4, 1, 9);
        assertThat(chunk.slice().seq()).isEqualTo(7);
    }

    @Test
    void startsAnewWithTheSameBuffers() {
        assertThat(add(0, LineOutcome.COMPLETED, "a\n", 10)).isTrue();
        assertThat(add(1, LineOutcome.COMPLETED, "b\n", 20)).isFalse();
        assertThat(builder.ageNanos(110)).isEqualTo(100);
        assertThat(builder.bytes()).isEqualTo(4);
        LineBuffer used = builder.buffer(ResultKind.OUTPUT);
        builder.clear();

        assertThat(builder.isEmpty()).isTrue();
        assertThat(builder.buffer(ResultKind.ERRORS)).isSameAs(used);
        assertThat(used.length()).isZero();
        assertThat(builder.bytes()).isZero();
        assertThat(add(2, LineOutcome.FAILED, "c\n", 200)).isTrue();
        assertThat(builder.ageNanos(250)).isEqualTo(50);
        assertThat(builder.chunk().entries()).hasSize(1);
    }

    private boolean add(int line, LineOutcome outcome, String text, long nowNanos) {
        ResultKind kind = outcome.kind();
        builder.buffer(kind).append(text.getBytes(StandardCharsets.UTF_8));
        return builder.add(line, outcome, text.length(), Usage.NONE, nowNanos);
    }
}
