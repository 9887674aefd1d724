package dev.longhaul.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What goes in comes out, each line once. */
@SystemTest
class BatchTest {

    @Test
    void oneLineCompletes(Tester tester) {
        ChatLines lines = ChatLines.of(1);

        Batch ended = tester.end(tester.start(lines));

        assertThat(ended.status()).isEqualTo("completed");
        assertThat(ended.errorFileId()).isNull();
        assertThat(tester.check(ended, lines).output()).isEqualTo(1);
    }

    /** {@code ./longhaul bench small} measures it; here it is enough that nothing waits for a look around. A figure for a quiet machine. */
    @Test
    @Tag("scale")
    void aOneLineBatchTakesAFractionOfASecond(Tester tester) {
        List<Duration> taken = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String file = tester.api().upload(ChatLines.of(1).bytes());
            long began = System.nanoTime();
            tester.end(tester.api().create(file));
            taken.add(Duration.ofNanos(System.nanoTime() - began));
        }

        assertThat(taken.stream().sorted().toList().get(2)).isLessThan(Duration.ofMillis(800));
    }

    @Test
    void byteOrderMarkCrLfAndAMissingLastLineEndPass(Tester tester) throws IOException {
        ChatLines lines = ChatLines.of(5_000);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes("\uFEFF".getBytes(UTF_8));
        lines.writeTo(file, "\r\n");
        byte[] bytes = file.toByteArray();
        String input = tester.api().upload(java.util.Arrays.copyOf(bytes, bytes.length - 2));

        Batch ended = tester.end(tester.api().create(input));

        assertThat(ended.completed()).isEqualTo(5_000);
        assertThat(tester.check(ended, lines).output()).isEqualTo(5_000);
        assertThat(tester.simulator().requests()).isEqualTo(5_000);
    }

    @Test
    void linesThatFailEndInTheErrorFileWithTheirReason(Tester tester) {
        ChatLines lines = new ChatLines(600, number -> switch (number % 6) {
            case 0 -> "sim:status=400";
            case 1 -> "sim:status=500";
            default -> ChatLines.question(number);
        });

        Batch ended = tester.end(tester.start(lines));

        assertThat(ended.status()).isEqualTo("completed");
        assertThat(tester.check(ended, lines)).isEqualTo(new ResultCheck.Summary(400, Map.of("400", 100, "500", 100)));
        assertThat(ended.completed()).isEqualTo(400);
        assertThat(ended.failed()).isEqualTo(200);
    }

    @Test
    void aBatchOfFailuresCompletesWithoutAnOutputFile(Tester tester) {
        ChatLines lines = new ChatLines(3, number -> "sim:status=404");

        Batch ended = tester.end(tester.start(lines));

        assertThat(ended.status()).isEqualTo("completed");
        assertThat(ended.outputFileId()).isNull();
        assertThat(tester.check(ended, lines).errors()).isEqualTo(Map.of("404", 3));
    }

    @Test
    void aBackendThatFailsNowAndThenLosesNoLine(Tester tester) {
        tester.simulator()
                .behave(Map.of("error_rate", 0.1, "cut_rate", 0.02, "garbage_rate", 0.02, "count_lines", true));
        ChatLines lines = ChatLines.of(1_000);

        Batch ended = tester.end(tester.start(lines));

        assertThat(ended.status()).isEqualTo("completed");
        ResultCheck.Summary summary = tester.check(ended, lines);
        assertThat(summary.errors().keySet()).isSubsetOf("invalid_response", "500");
        assertThat(summary.output()).isGreaterThan(900);
    }

    /** A launcher's services have 256 MB each, and these answers are 300 MB. */
    @Test
    void answersOfManyMegabytesAreKeptWhole(Tester tester) {
        tester.simulator().behave(Map.of("huge_rate", 1.0, "huge_bytes", 15_000_000));
        ChatLines lines = ChatLines.of(20);
        Stack.Status before = tester.status();

        Batch ended = tester.end(tester.start(lines));

        assertThat(tester.check(ended, lines).output()).isEqualTo(lines.count());
        assertThat(tester.stack().status().members())
                .extracting(Stack.Member::pid)
                .containsExactlyElementsOf(
                        before.members().stream().map(Stack.Member::pid).toList());
    }

    @Test
    void linesThatAreNoRequestsFailTheBatch(Tester tester) {
        String file = tester.api().upload("{\"custom_id\":\"a\"}\n{\"custom_id\":\"a\"}\n".getBytes(UTF_8));

        Batch ended = tester.end(tester.api().create(file));

        assertThat(ended.status()).isEqualTo("failed");
        assertThat(ended.outputFileId()).isNull();
        assertThat(ended.json().at("/errors/data/0/line").asInt()).isEqualTo(1);
        assertThat(ended.json().at("/errors/data/0/code").asText()).isEqualTo("missing_required_parameter");
    }

    @Test
    void rowsAndRecordsComeBySliceNotByLine(Tester tester) throws Exception {
        ChatLines lines = ChatLines.of(20_000);
        Servers servers = new Servers(tester.stack());
        long before = servers.records("batch.slices") + servers.records("batch.results");

        Batch ended = tester.end(tester.start(lines));

        assertThat(tester.check(ended, lines).output()).isEqualTo(lines.count());
        assertThat(servers.rows(ended)).isLessThan(lines.count() / 200);
        assertThat(servers.records("batch.slices") + servers.records("batch.results") - before)
                .isLessThan(lines.count() / 50);
    }
}
