package dev.longhaul.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Ids of lines that are hard to write come back byte for byte as they were written. */
@SystemTest
class CustomIdTest {
    /** As JSON has them between quotes: control characters, halves of surrogate pairs, text from right to left. */
    private static final List<String> HARD = List.of(
            "\\u0000",
            "\\u0001\\b\\f\\n\\r\\t\\u001f",
            "\u007F\u0085",
            "\\\"\\\\\\/",
            "\uD83D\uDE80",
            "\\ud83d\\ude80\\uD83D\\uDE80",
            "\\ud83d",
            "\\ude80\\ud83d",
            "\u05E9\u05DC\u05D5\u05DD",
            "\u202E\u0627\u0644\u0644\u0648\u062D",
            "\u2028\u2029\uFEFF\uFFFF",
            "e\u0301\u00E9");

    @Test
    void hardIdsComeBackAsTheyWereWrittenInBothFilesAndThroughRetries(Tester tester) throws IOException {
        tester.simulator().behave(Map.of("error_rate", 1, "error_status", 404, "match", "at first"));
        String lines = lines("served", "Hello") + lines("refused", "sim:status=400") + lines("lost", "Lost at first");

        Batch first = tester.end(tester.api().create(tester.api().upload(lines.getBytes(UTF_8))));

        assertThat(idsIn(tester, first.outputFileId())).containsExactlyInAnyOrderElementsOf(ids("served"));
        assertThat(idsIn(tester, first.errorFileId()))
                .containsOnlyOnceElementsOf(ids("refused"))
                .containsOnlyOnceElementsOf(ids("lost"))
                .hasSize(2 * HARD.size());

        tester.simulator().behave(Map.of());
        Batch lost = tester.end(tester.api().retry(first.id(), "404"));
        Batch refused = tester.end(tester.api().retry(first.id(), "400"));

        assertThat(lost.errorFileId()).isNull();
        assertThat(idsIn(tester, lost.outputFileId())).containsExactlyInAnyOrderElementsOf(ids("lost"));
        assertThat(refused.outputFileId()).isNull();
        assertThat(idsIn(tester, refused.errorFileId())).containsExactlyInAnyOrderElementsOf(ids("refused"));
    }

    private static List<String> ids(String kind) {
        return IntStream.range(0, HARD.size())
                .mapToObj(number -> "\"" + HARD.get(number) + "-" + number + "-" + kind + "\"")
                .toList();
    }

    private static String lines(String kind, String text) {
        return ids(kind).stream()
                .map(id -> "{\"custom_id\":" + id
                        + ",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"sim-chat\","
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}}\n")
                .collect(Collectors.joining());
    }

    /** With their quotes, not decoded. */
    private static List<String> idsIn(Tester tester, @Nullable String file) throws IOException {
        try (InputStream content = tester.api().content(String.valueOf(file))) {
            return List.of(new String(content.readAllBytes(), UTF_8).split("\n")).stream()
                    .map(line -> line.substring(
                            line.indexOf(",\"custom_id\":") + ",\"custom_id\":".length(),
                            line.indexOf(",\"response\":")))
                    .toList();
        }
    }
}
