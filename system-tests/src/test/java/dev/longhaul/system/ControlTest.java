package dev.longhaul.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a tenant does with a batch that runs. */
@SystemTest
class ControlTest {

    @Test
    void aPausedBatchCallsNobodyAndLosesNothingWhoeverIsKilledMeanwhile(Tester tester) throws SQLException {
        tester.simulator().behave(Map.of("latency_ms", 100, "count_lines", true));
        ChatLines lines = ChatLines.of(10_000);
        Servers servers = new Servers(tester.stack());
        Batch running = tester.await(tester.start(lines), batch -> batch.completed() > 200);

        Batch paused = tester.api().pause(running.id());

        assertThat(paused.status()).isEqualTo("in_progress");
        assertThat(paused.json().path("paused_at").isIntegralNumber()).isTrue();
        Awaitility.await("each dispatcher has heard of it").until(() -> servers.isHeldByNobody(running));
        Awaitility.await().until(() -> tester.simulator().inFlight() == 0);
        long requests = tester.simulator().requests();
        tester.kill(Tester.DISPATCHER_1);
        tester.up();
        assertThat(tester.simulator().requests()).isEqualTo(requests).isLessThan(lines.count());

        tester.simulator().behave(Map.of("count_lines", true));
        tester.api().resume(running.id());

        Batch ended = tester.end(running);
        assertThat(ended.status()).isEqualTo("completed");
        assertThat(tester.check(ended, lines)).isEqualTo(new ResultCheck.Summary(lines.count(), Map.of()));
        assertThat(tester.simulator().calls())
                .hasSize(lines.count())
                .allSatisfy((line, calls) -> assertThat(calls.count()).isOne());
    }

    @Test
    void aRetryRunsTheFailedLinesAndNoOthersThoughADispatcherIsKilled(Tester tester) throws IOException {
        tester.simulator().behave(Map.of("error_rate", 0.3, "error_status", 400));
        ChatLines lines = ChatLines.of(3_000);
        Batch first = tester.end(tester.start(lines));
        assertThat(first.failed()).isPositive();
        Set<String> failed = idsIn(tester.api().content(String.valueOf(first.errorFileId())));
        assertThat(failed).hasSize((int) first.failed());
        tester.simulator().behave(Map.of("latency_ms", 200, "count_lines", true));
        tester.simulator().reset();

        Batch retry = tester.await(tester.api().retry(first.id()), batch -> batch.completed() > 0);
        tester.kill(Tester.DISPATCHER_1);
        Batch ended = tester.end(retry);

        assertThat(ended.status()).isEqualTo("completed");
        assertThat(ended.json().path("retry_of").asText()).isEqualTo(first.id());
        assertThat(ended.total()).isEqualTo(first.failed());
        assertThat(ended.completed()).isEqualTo(first.failed());
        assertThat(ended.errorFileId()).isNull();
        List<String> done = linesOf(tester.api().content(String.valueOf(ended.outputFileId())));
        assertThat(done).hasSameSizeAs(failed);
        assertThat(done.stream().map(ControlTest::customId)).containsExactlyInAnyOrderElementsOf(failed);
        assertThat(tester.simulator().calls().keySet()).isEqualTo(failed);
    }

    @Test
    void aBatchPastItsErrorLimitStopsItself(Tester tester) {
        tester.simulator().behave(Map.of("error_rate", 0.5, "error_status", 400, "latency_ms", 100));
        ChatLines lines = ChatLines.of(20_000);

        Batch ended = tester.end(tester.api().createWithin(tester.api().upload(lines.bytes()), "1%"));

        assertThat(ended.status()).isEqualTo("cancelled");
        assertThat(ended.json().path("stop_reason").asText()).isEqualTo("error_limit");
        assertThat(ended.failed()).isGreaterThan(200);
        assertThat(tester.check(ended, lines).errors()).containsOnlyKeys("400", "batch_error_limit");
    }

    @Test
    void whoFollowsABatchGetsTheBytesOfItsFileThoughAFinalizerIsKilled(Tester tester) throws IOException {
        tester.simulator().behave(Map.of("latency_ms", 100));
        ChatLines lines = ChatLines.of(3_000);
        Batch batch = tester.start(lines);

        byte[] followed;
        try (InputStream results = tester.api().follow(batch.id(), 0)) {
            byte[] beginning = results.readNBytes(10_000);
            tester.kill(Tester.FINALIZER);
            tester.up();
            byte[] rest = results.readAllBytes();
            followed = new byte[beginning.length + rest.length];
            System.arraycopy(beginning, 0, followed, 0, beginning.length);
            System.arraycopy(rest, 0, followed, beginning.length, rest.length);
        }

        Batch ended = tester.api().batch(batch.id());
        assertThat(ended.status()).isEqualTo("completed");
        try (InputStream file = tester.api().content(String.valueOf(ended.outputFileId()))) {
            assertThat(followed).isEqualTo(file.readAllBytes());
        }
        try (InputStream later = tester.api().follow(batch.id(), 10_000)) {
            assertThat(later.readAllBytes()).hasSize(followed.length - 10_000);
        }
    }

    @Test
    void progressSaysHowFastABatchIsAndWhatItsLinesWaitFor(Tester tester) {
        tester.simulator().behave(Map.of("latency_ms", 100));
        ChatLines lines = ChatLines.of(10_000);
        Batch batch = tester.await(tester.start(lines), now -> now.completed() > 500);

        JsonNode moving = progressWaitingFor("queue", batch, tester);
        assertThat(moving.path("lines_per_second").asDouble()).isBetween(10.0, 1_000.0);
        assertThat(moving.path("estimated_end_at").asLong())
                .isGreaterThan(batch.json().path("in_progress_at").asLong());
        assertThat(moving.path("input_tokens").asLong()).isPositive();
        assertThat(moving.path("output_tokens").asLong()).isPositive();
        assertThat(moving.path("planned_share").asDouble()).isEqualTo(1);

        tester.simulator().behave(Map.of("error_rate", 1, "error_status", 429, "retry_after_s", 3));
        progressWaitingFor("rate_limited", batch, tester);
        tester.kill(Tester.SIMULATOR);
        progressWaitingFor("backend_down", batch, tester);
        tester.api().pause(batch.id());
        assertThat(progressWaitingFor("paused", batch, tester)
                        .path("estimated_end_at")
                        .isNull())
                .isTrue();

        tester.up();
        tester.api().resume(batch.id());
        Batch ended = tester.end(batch);
        assertThat(tester.check(ended, lines).output()).isEqualTo((int) ended.completed());
        JsonNode done = ended.json().path("progress");
        assertThat(done.path("waiting"))
                .allSatisfy(count -> assertThat(count.asLong()).isZero());
        assertThat(done.path("lines_per_second").asDouble()).isPositive();
        assertThat(done.path("estimated_end_at").isNull()).isTrue();
    }

    /** Its progress once lines wait for that, and for nothing else. */
    private static JsonNode progressWaitingFor(String reason, Batch batch, Tester tester) {
        JsonNode progress = tester.await(
                        batch,
                        now -> now.json().at("/progress/waiting/" + reason).asLong() > 0)
                .json()
                .path("progress");
        assertThat(progress.path("waiting").properties())
                .filteredOn(count -> count.getValue().asLong() > 0)
                .extracting(Map.Entry::getKey)
                .containsExactly(reason);
        return progress;
    }

    private static Set<String> idsIn(InputStream results) throws IOException {
        return linesOf(results).stream().map(ControlTest::customId).collect(Collectors.toSet());
    }

    private static String customId(String line) {
        return Json.parse(line).path("custom_id").asText();
    }

    private static List<String> linesOf(InputStream results) throws IOException {
        try (results) {
            return new String(results.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    @Test
    void aPausedBatchExpires(Tester tester) throws SQLException {
        tester.simulator().behave(Map.of("latency_ms", 200));
        ChatLines lines = ChatLines.of(20_000);
        Batch running = tester.await(tester.start(lines), batch -> batch.completed() > 0);
        tester.api().pause(running.id());
        new Servers(tester.stack()).endWindow(running);

        Batch ended = tester.end(running);

        assertThat(ended.status()).isEqualTo("expired");
        assertThat(ended.json().path("paused_at").isNull()).isTrue();
        assertThat(tester.check(ended, lines).errors()).containsOnlyKeys("batch_expired");
    }
}
