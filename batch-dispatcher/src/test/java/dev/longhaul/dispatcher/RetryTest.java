package dev.longhaul.dispatcher;

import static dev.longhaul.dispatcher.DispatcherTester.FAKE;
import static dev.longhaul.dispatcher.DispatcherTester.body;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static dev.longhaul.dispatcher.DispatcherTester.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.model.jsonl.LineBuffer;
import dev.longhaul.model.jsonl.ResultLine;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class RetryTest {
    private static final byte[] ID = "\"c\"".getBytes(StandardCharsets.UTF_8);
    private final DispatcherTester tester = DispatcherTester.get();

    @BeforeEach
    void wellBehaved() {
        tester.bodies.clear();
        tester.answerer = (exchange, body) -> reply(exchange, 200, "{\"echo\":true}");
    }

    @Test
    void onlyTheLinesOfTheErrorFileAreCalled() {
        String batch = retry(250, "retry_codes = null", 3, 50, 51, 240);

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(tester.results(batch)).hasSizeGreaterThanOrEqualTo(4));

        assertThat(tester.bodies).containsExactlyInAnyOrderElementsOf(bodies(3, 50, 51, 240));
        assertThat(tester.results(batch))
                .extracting(DispatcherTester.Result::line)
                .containsExactlyInAnyOrder(3L, 50L, 51L, 240L);
        assertThat(tester.row("select lines_total, model from batch where id = ?", batch))
                .isEqualTo("4|" + FAKE);
        assertThat(tester.rows(
                        "select first_line, line_count, bit_count(bitmap) from slice where batch_id = ? order by seq",
                        batch))
                .containsExactly("3|49|46", "240|1|null");
    }

    @Test
    void aBatchWithoutALineOfTheChosenCodesFails() {
        String batch = retry(10, "retry_codes = '{none}'", 2, 9);

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(tester.row(
                                "select status, errors -> 'data' -> 0 ->> 'code' from batch where id = ?", batch))
                        .isEqualTo("failed|nothing_to_retry"));
    }

    private String retry(int lines, String codes, int... failed) {
        LineBuffer errors = new LineBuffer(1_000);
        ResultLine result = new ResultLine("batch_before");
        for (int number : failed) {
            result.unanswered(errors, number, ID, 0, ID.length, "batch_expired", "over");
        }
        byte[] bytes = Arrays.copyOf(errors.array(), errors.length());
        String file = "file-errors-" + System.nanoTime();
        tester.sql(
                "insert into file_segment (file_id, seq, bytes, inline) values (?, 0, ?, ?)",
                file,
                bytes.length,
                bytes);
        return tester.batch(
                "t1",
                IntStream.rangeClosed(1, lines)
                        .mapToObj(i -> line("c" + i, FAKE, "q" + i))
                        .toList(),
                "retry_of = 'batch_before', retry_file_id = '" + file + "', " + codes);
    }

    private static List<String> bodies(int... lines) {
        return Arrays.stream(lines).mapToObj(i -> body(FAKE, "q" + i)).toList();
    }
}
