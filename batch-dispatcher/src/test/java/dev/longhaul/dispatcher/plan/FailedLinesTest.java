package dev.longhaul.dispatcher.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longhaul.model.jsonl.LineBuffer;
import dev.longhaul.model.jsonl.ResultLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FailedLinesTest {
    private static final byte[] ID = "\"c_1\"".getBytes(UTF_8);
    private static final ResultLine LINES = new ResultLine("batch_0123456789");

    @Test
    void takesEveryLineWithoutACode() {
        assertThat(chosen(null)).containsExactly(2, 3, 5, 700_000);
    }

    @Test
    void takesTheLinesOfACode() {
        assertThat(chosen(Set.of("batch_expired"))).containsExactly(3);
        assertThat(chosen(Set.of("429"))).containsExactly(2);
        assertThat(chosen(Set.of("429", "500"))).containsExactly(2, 5, 700_000);
        assertThat(chosen(Set.of("other"))).isEmpty();
    }

    @Test
    void passesOverWhateverABackendWrote() throws IOException {
        String odd = "{\"error\":{\"code\":\"inner\"},\"status_code\":200,\"id\":7,\"n\":" + "1".repeat(5_000)
                + ",\"deep\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}";
        LineBuffer out = new LineBuffer(100);
        answer(out, 1, 400, odd);
        answer(out, 2, 400, "\"text\"");

        LineChoice choice = FailedLines.read(in(out), Set.of("400"), () -> {});

        assertThat(choice.has(1)).isTrue();
        assertThat(choice.has(2)).isTrue();
        assertThat(FailedLines.read(in(out), Set.of("inner", "200"), () -> {}).has(1))
                .isFalse();
    }

    @Test
    void tellsThatItIsAlive() throws IOException {
        LineBuffer out = new LineBuffer(100);
        for (int line = 1; line <= 10_000; line++) {
            LINES.unanswered(out, line, ID, 0, ID.length, "x", "y");
        }
        AtomicInteger told = new AtomicInteger();

        FailedLines.read(in(out), null, told::incrementAndGet);

        assertThat(told).hasValue(2);
    }

    @Test
    void aFileThatIsCutIsNoAnswer() {
        assertThatThrownBy(() -> FailedLines.read(
                        new ByteArrayInputStream("{\"id\":\"batch_req_1_2\",\"custom".getBytes(UTF_8)), null, () -> {}))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> FailedLines.read(
                        new ByteArrayInputStream("{\"id\":\"nothing\"}".getBytes(UTF_8)), null, () -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nothing");
    }

    private static List<Integer> chosen(@Nullable Set<String> codes) {
        LineBuffer out = new LineBuffer(100);
        answer(out, 5, 500, "{\"a\":[1,{\"code\":\"x\"}]}");
        answer(out, 700_000, 500, "{}");
        LINES.unanswered(out, 3, ID, 0, ID.length, "batch_expired", "over");
        answer(out, 2, 429, "{}");
        try {
            LineChoice choice = FailedLines.read(in(out), codes, () -> {});
            return LongStream.rangeClosed(0, 700_001)
                    .filter(choice::has)
                    .mapToObj(line -> (int) line)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(LineBuffer out, long line, int status, String body) {
        byte[] bytes = body.getBytes(UTF_8);
        LINES.answered(out, line, ID, 0, ID.length, status, "req_1", bytes, 0, bytes.length);
    }

    private static ByteArrayInputStream in(LineBuffer out) {
        return new ByteArrayInputStream(out.array(), 0, out.length());
    }
}
