package dev.longhaul.dispatcher;

import static dev.longhaul.dispatcher.DispatcherTester.FAKE;
import static dev.longhaul.dispatcher.DispatcherTester.LATE;
import static dev.longhaul.dispatcher.DispatcherTester.SHARED;
import static dev.longhaul.dispatcher.DispatcherTester.SIM;
import static dev.longhaul.dispatcher.DispatcherTester.SPLIT;
import static dev.longhaul.dispatcher.DispatcherTester.body;
import static dev.longhaul.dispatcher.DispatcherTester.line;
import static dev.longhaul.dispatcher.DispatcherTester.reply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.longhaul.dispatcher.DispatcherTester.Result;
import dev.longhaul.model.LineOutcome;
import dev.longhaul.model.ResultChunk;
import dev.longhaul.model.SliceId;
import dev.longhaul.model.Topics;
import dev.longhaul.model.Usage;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole dispatcher on real servers: from a batch row to result chunks in Kafka. */
@QuarkusTest
@QuarkusTestResource(DispatcherTester.class)
class DispatcherTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private final DispatcherTester tester = DispatcherTester.get();

    @BeforeEach
    void wellBehaved() {
        tester.bodies.clear();
        tester.answerer = (exchange, body) -> reply(exchange, 200, "{\"echo\":true}");
    }

    @AfterEach
    void noFaults() {
        tester.faults("{}");
    }

    @Test
    void eachLineOfABatchIsAnsweredOnce() {
        String batch = tester.batch("t1", lines(450, i -> line("c" + i, SIM, "hello " + i)));

        List<Result> results = resultsOf(batch, 450);

        assertThat(results).extracting(Result::outcome).containsOnly("COMPLETED");
        assertThat(results)
                .allSatisfy(result -> assertThat(result.text())
                        .contains("\"custom_id\":\"c" + (result.line() - 1) + "\"")
                        .contains("\"status_code\":200"));
        assertThat(tester.row("select status, lines_total, model from batch where id = ?", batch))
                .isEqualTo("in_progress|450|" + SIM);
        await().untilAsserted(() -> assertThat(tester.rows(
                        "select state, finished_offset >= 0 from slice where batch_id = ? order by seq", batch))
                .hasSize(5)
                .containsOnly("reported|t"));
    }

    @Test
    void aBodyPassesVerbatimAndOnlyARenamedModelIsSplicedIn() {
        String odd =
                "{ \"n\" : 1.10000000000000000001e+2 ,\"model\":  \"%s\", \"messages\":[], \"z\":\"\\u00e9\\/\", \"a\":{\"model\":\"alias\"}}";
        String answer =
                "{\"b\":1.00,\"a\":[ 1e400 ],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}";
        tester.answerer = (exchange, body) -> reply(exchange, 200, answer.replace(",\"a\"", ",\r\n \"a\""));
        String batch = tester.batch(
                "t1",
                List.of(
                        "{\"custom_id\":\"x\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":"
                                + odd.formatted(FAKE) + "}",
                        "{\"body\":" + odd.formatted("alias")
                                + ",\"url\":\"/v1/chat/completions\",\"method\":\"POST\",\"custom_id\":\"y\"}"));

        List<Result> results = resultsOf(batch, 2);

        assertThat(tester.bodies)
                .containsExactlyInAnyOrder(odd.formatted(FAKE), odd.formatted("org/\\\"real\\\"-model"));
        assertThat(tester.headers)
                .as("what another gateway's clients sent along stays beside the batch")
                .isNotEmpty()
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("x-tfy"));
        assertThat(results)
                .allSatisfy(result -> assertThat(result.text()).contains(answer.replace(",\"a\"", ", \"a\"")));
    }

    @Test
    void aFileWhoseModelsAlternateMakesOneSliceAndEachLineReachesItsBackend() {
        String batch = tester.batch("t1", lines(60, i -> line("c" + i, i % 2 == 0 ? SIM : FAKE, "mixed " + i)));

        resultsOf(batch, 60);

        assertThat(tester.rows("select line_count, model from slice where batch_id = ?", batch))
                .containsExactly("60|null");
        assertThat(tester.bodies).hasSize(30).allMatch(body -> body.contains("\"" + FAKE + "\""));
    }

    @Test
    void errorsCutBodiesAndGarbageEndEachLineOnce() {
        tester.faults("{\"error_rate\":0.25,\"error_status\":500,\"cut_rate\":0.1,\"garbage_rate\":0.1}");
        String batch = tester.batch("t1", lines(150, i -> line("c" + i, SIM, "faulty " + i)));

        List<Result> results = resultsOf(batch, 150);

        assertThat(results).extracting(Result::outcome).contains("COMPLETED").doesNotContain("UNSERVED");
        assertThat(results)
                .filteredOn(result -> result.outcome().equals("FAILED"))
                .allSatisfy(result -> assertThat(result.text())
                        .containsAnyOf(
                                "\"status_code\":500",
                                "\"code\":\"invalid_response\"",
                                "\"code\":\"backend_unavailable\""));
    }

    @Test
    void aLineThatHangsOrIsAnsweredHugelyFailsAndHoldsBackNoOther() {
        tester.faults("{\"hang_rate\":1,\"match\":\"hang-me\"}");
        String hanging = tester.batch("t1", List.of(line("h", SIM, "hang-me"), line("i", SIM, "fine")));
        List<Result> results = resultsOf(hanging, 2);
        assertThat(textOf(results, 1)).contains("\"code\":\"request_timeout\"");
        assertThat(textOf(results, 2)).contains("\"status_code\":200");

        tester.faults("{\"huge_rate\":1,\"huge_bytes\":3000000,\"match\":\"huge-me\"}");
        String huge = tester.batch("t1", List.of(line("h", SIM, "huge-me"), line("i", SIM, "fine")));
        results = resultsOf(huge, 2);
        assertThat(textOf(results, 1)).contains("\"code\":\"invalid_response\"").contains("1000000 bytes");
        assertThat(textOf(results, 2)).contains("\"status_code\":200");
    }

    @Test
    void overloadAnswersAreRetriedWithAndWithoutRetryAfter() {
        Set<String> refused = ConcurrentHashMap.newKeySet();
        tester.answerer = (exchange, body) -> {
            if (refused.add(body)) {
                if (body.contains("wait")) {
                    exchange.getResponseHeaders().add("Retry-After", "1");
                }
                reply(exchange, body.contains("503") ? 503 : 429, "{\"error\":{}}");
            } else {
                reply(exchange, 200, "{}");
            }
        };
        String batch = tester.batch(
                "t1",
                List.of(line("a", FAKE, "wait"), line("b", FAKE, "go"), line("c", FAKE, "503"), line("d", FAKE, "x")));

        assertThat(resultsOf(batch, 4)).extracting(Result::outcome).containsOnly("COMPLETED");
        assertThat(tester.bodies).hasSize(8);
    }

    @Test
    void aRefusalOfTheTenantsRequestIsItsResultWithoutASecondCall() {
        tester.answerer = (exchange, body) -> reply(exchange, 400, "{\"error\":{\"message\":\"no\"}}");
        String batch = tester.batch("t1", List.of(line("a", FAKE, "bad")));

        assertThat(resultsOf(batch, 1)).extracting(Result::outcome).containsExactly("FAILED");
        assertThat(tester.bodies).hasSize(1);
    }

    @Test
    void aBackendThatIsDownCostsNoAttempts() throws IOException {
        String batch = tester.batch("t1", lines(20, i -> line("c" + i, LATE, "late " + i)));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                tester.row(
                                        "select wanted ->> 'late' from process where kind = 'dispatcher' and lease_until > now()"))
                        .isEqualTo("0"));
        assertThat(tester.results(batch)).isEmpty();

        HttpServer late = tester.startLate();
        try {
            assertThat(resultsOf(batch, 20)).extracting(Result::outcome).containsOnly("COMPLETED");
        } finally {
            late.stop(0);
        }
    }

    @Test
    void whatWaitsForABackendThatGoesDownMovesToAnotherOfItsModel() throws IOException {
        HttpServer late = tester.startLate();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(wanted("late")).isNotIn("0", ""));
        late.stop(0);

        String batch = tester.batch("t1", lines(250, i -> line("c" + i, SHARED, "move " + i)));

        assertThat(resultsOf(batch, 250)).extracting(Result::outcome).containsOnly("COMPLETED");
        assertThat(tester.bodies).hasSize(250);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(wanted("late")).isEqualTo("0"));
    }

    @Test
    void whatWaitsForABackendThatHangsMovesToAnotherOfItsModel() throws IOException {
        Semaphore hanging = new Semaphore(0);
        tester.answerer = (exchange, body) -> {
            if (tester.isLate(exchange)) {
                hanging.acquireUninterruptibly();
            }
            reply(exchange, 200, "{}");
        };
        HttpServer late = tester.startLate();
        try {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(wanted("late")).isNotIn("0", ""));
            String batch = tester.batch("t1", lines(250, i -> line("c" + i, SHARED, "hang " + i)));

            await("all but the calls that hang, which have not timed out")
                    .untilAsserted(() -> assertThat(tester.results(batch)).hasSizeGreaterThanOrEqualTo(250 - 8));
            hanging.release(1_000);

            assertThat(resultsOf(batch, 250)).extracting(Result::outcome).containsOnly("COMPLETED");
            assertThat(tester.bodies).hasSize(250);
        } finally {
            hanging.release(1_000);
            late.stop(0);
        }
    }

    @Test
    void aLineGoesToABackendThatServesItsModelAtItsEndpointAndNoOther() throws IOException {
        String embeddings =
                tester.batch("t1", lines(250, i -> embedding("c" + i, "vector " + i)), "endpoint = '/v1/embeddings'");
        String chat = tester.batch("t1", lines(250, i -> line("c" + i, SPLIT, "chat " + i)));

        // The other backend of the model is down.
        assertThat(resultsOf(chat, 250)).extracting(Result::outcome).containsOnly("COMPLETED");
        assertThat(tester.results(embeddings)).isEmpty();

        HttpServer late = tester.startLate();
        try {
            // The backend that is up all the time answers such calls with 404.
            assertThat(resultsOf(embeddings, 250)).extracting(Result::outcome).containsOnly("COMPLETED");
        } finally {
            late.stop(0);
        }
    }

    @Test
    void aBatchForAnEndpointThatNobodyServesItsModelAtFailsAndIsToldTheOthers() {
        String batch = tester.batch(
                "t1",
                List.of(embedding("a", "x").replace("/v1/embeddings", "/v1/moderations")),
                "endpoint = '/v1/moderations'");

        await().untilAsserted(() -> assertThat(
                        tester.row("select status, errors -> 'data' -> 0 ->> 'message' from batch where id = ?", batch))
                .isEqualTo("failed|The provided model 'split' is not served at /v1/moderations, only at"
                        + " /v1/chat/completions, /v1/embeddings, /v1/completions."
                        + " Please use another model, or create a batch for such an endpoint."));
    }

    private static String embedding(String id, String text) {
        return line(id, SPLIT, text)
                .replace("/v1/chat/completions", "/v1/embeddings")
                .replace("messages", "input");
    }

    @Test
    void aLineWithoutAModelGoesToTheEndpointsDefaultBackendAsItWasWritten() {
        String moderation = "{\"custom_id\":\"m\",\"method\":\"POST\",\"url\":\"/v1/moderations\",\"body\":"
                + "{\"input\":\"moderate me\"}}";

        String batch = tester.batch("t1", List.of(moderation), "endpoint = '/v1/moderations'");

        assertThat(resultsOf(batch, 1)).extracting(Result::outcome).containsExactly("COMPLETED");
        assertThat(tester.bodies).contains("{\"input\":\"moderate me\"}");
    }

    @Test
    void aFieldThatABackendOfTheModelRefusesFailsTheBatch() {
        String batch = tester.batch(
                "t1", List.of(line("a", FAKE, "x").replace("\"messages\"", "\"cache_salt\":\"s\",\"messages\"")));

        await().untilAsserted(() -> assertThat(tester.row(
                        "select status, e ->> 'code', e ->> 'param', e ->> 'line' from batch, jsonb_path_query(errors, '$.data[0]') e where id = ?",
                        batch))
                .isEqualTo("failed|unsupported_parameter|body.cache_salt|1"));
    }

    @Test
    void aFileDeletedAfterItsBatchWasCreatedIsPlannedAndRun() {
        String batch = tester.heldBatch("t1", lines(3, i -> line("c" + i, SIM, "deleted " + i)));
        tester.sql("update file set state = 'deleted', deleted_at = now() where id = 'file-' || ?", batch);

        // Also by a second attempt, after the first planner died.
        tester.release(batch, "plan_attempt = 1");

        assertThat(resultsOf(batch, 3)).extracting(Result::outcome).containsOnly("COMPLETED");
    }

    @Test
    void aBatchOfAFileThatWasNotThereFails() {
        String batch = tester.batch("t1", List.of(line("a", SIM, "x")), "input_bytes = 0");

        await().untilAsserted(() -> assertThat(tester.row(
                        "select status, e ->> 'code', e ->> 'param' from batch, jsonb_path_query(errors, '$.data[0]') e where id = ?",
                        batch))
                .isEqualTo("failed|invalid_request|file_id"));
    }

    private String wanted(String backend) {
        return tester.row(
                "select wanted ->> '" + backend + "' from process where kind = 'dispatcher' and lease_until > now()");
    }

    @Test
    void aLineDueMuchLaterGoesBackWithItsAttemptsAndHoldsNothing() {
        Set<String> calls = ConcurrentHashMap.newKeySet();
        tester.answerer = (exchange, body) -> {
            if (body.contains("park") && calls.add("first")) {
                exchange.getResponseHeaders().add("Retry-After", "3600");
                reply(exchange, 429, "{}");
            } else {
                reply(exchange, body.contains("park") ? 500 : 200, "{}");
            }
        };
        String batch = tester.batch("t1", lines(5, i -> line("c" + i, FAKE, i == 3 ? "park" : "go")));

        resultsOf(batch, 4);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(tester.row("""
                        select state, not_before between now() + interval '50 min' and now() + interval '61 min',
                          attempts -> '3' ->> 0 from slice where batch_id = ?
                        """, batch)).isEqualTo("pending|t|null"));

        // All but the last of its attempts.
        tester.sql("update slice set not_before = null, attempts = '{\"3\":[2,0]}' where batch_id = ?", batch);

        assertThat(textOf(resultsOf(batch, 5), 4)).contains("\"status_code\":500");
        assertThat(tester.bodies).filteredOn(body -> body.contains("park")).hasSizeBetween(2, 8);
        assertThat(tester.bodies).filteredOn(body -> body.contains("go")).hasSize(4);
    }

    @Test
    void aSliceClaimedAgainCallsOnlyLinesWithoutAResult() {
        List<String> lines = lines(8, i -> line("c" + i, FAKE, "again " + i));
        SliceId slice = tester.slice(
                lines,
                FAKE,
                "claim, started, state, changed_at, bitmap",
                "1, true, 'released', now() + interval '1 h', '\\x01'");
        List<ResultChunk.Entry> entries = new ArrayList<>();
        for (int i : new int[] {2, 5}) {
            entries.add(new ResultChunk.Entry(i, LineOutcome.COMPLETED, 3, Usage.NONE));
        }
        tester.produce(
                Topics.RESULTS,
                new ResultChunk(
                                slice,
                                1,
                                entries,
                                ByteBuffer.wrap("{}\n{}\n".getBytes(StandardCharsets.UTF_8)),
                                ByteBuffer.allocate(0))
                        .encode());
        tester.sql("update slice set state = 'pending', changed_at = now() where batch_id = ?", slice.batchId());

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                tester.row("select state, claim from slice where batch_id = ?", slice.batchId()))
                        .isEqualTo("reported|2"));

        assertThat(tester.bodies)
                .containsExactlyInAnyOrderElementsOf(IntStream.of(1, 3, 4, 6, 7)
                        .mapToObj(i -> body(FAKE, "again " + i))
                        .toList());
    }

    @Test
    void aSuspectSliceRunsLineByLineAndTheNotedLineNotAtAll() {
        Semaphore running = new Semaphore(1);
        Set<String> overlaps = ConcurrentHashMap.newKeySet();
        tester.answerer = (exchange, body) -> {
            if (!running.tryAcquire()) {
                overlaps.add(body);
            }
            String noted =
                    tester.row("select suspect_line from slice where suspect_line is not null and state = 'claimed'");
            running.release();
            reply(exchange, 200, "{\"noted\":" + noted + "}");
        };
        SliceId slice = tester.slice(
                lines(5, i -> line("c" + i, FAKE, "suspect " + i)), FAKE, "claim, fruitless, suspect_line", "3, 3, 2");

        List<Result> results = resultsOf(slice.batchId(), 5);

        assertThat(overlaps).isEmpty();
        assertThat(textOf(results, 3))
                .contains("\"code\":\"processing_failed\"")
                .contains("\"custom_id\":\"c2\"");
        assertThat(textOf(results, 4)).contains("{\"noted\":3}");
        assertThat(tester.bodies).hasSize(4).noneMatch(body -> body.contains("suspect 2"));
        await().untilAsserted(() -> assertThat(
                        tester.row("select state, suspect_line from slice where batch_id = ?", slice.batchId()))
                .isEqualTo("reported|null"));
    }

    @Test
    void aPoisonHintGoesToTheDeadLettersAndBlocksNothing() {
        tester.produce(Topics.SLICES, "poison".getBytes(StandardCharsets.UTF_8));
        String batch = tester.batch("t1", List.of(line("a", SIM, "beside poison")));

        resultsOf(batch, 1);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(tester.records(Topics.deadLetter(Topics.SLICES)))
                        .anySatisfy(letter -> assertThat(new String(letter.value(), StandardCharsets.UTF_8))
                                .isEqualTo("poison")));
    }

    @Test
    void aStoppedBatchStartsNoFurtherLine() {
        Semaphore answers = new Semaphore(0);
        tester.answerer = (exchange, body) -> {
            answers.acquireUninterruptibly();
            reply(exchange, 200, "{}");
        };
        String batch = tester.batch("t1", lines(90, i -> line("c" + i, FAKE, "stop " + i)));
        await().atMost(PATIENCE).until(() -> !tester.bodies.isEmpty());

        tester.sql("update batch set stop_reason = 'expired', stop_at = now() where id = ?", batch);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(tester.row("select state, holder from slice where batch_id = ?", batch))
                        .isEqualTo("pending|null"));

        answers.release(1_000);
        // Whatever had been left in the queue would be called before it.
        resultsOf(tester.batch("t1", List.of(line("a", FAKE, "after it"))), 1);
        assertThat(tester.bodies).filteredOn(body -> body.contains("stop ")).hasSizeLessThanOrEqualTo(8);
    }

    /** Neither says anything against the lines: three such losses must not make a slice suspect. */
    @Test
    void aProcessThatLosesItsRowTakesANewIdentityAndItsSlicesRunAgainUncounted() {
        Semaphore answers = new Semaphore(0);
        String batch = waitForAnswers(answers, "orphan");
        String before = holder(batch);

        tester.sql("delete from process where id = ?", before);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(tester.row("select id from process where kind = 'dispatcher'"))
                        .isNotEmpty()
                        .isNotEqualTo(before));
        answers.release(1_000);

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(tester.results(batch).stream().map(Result::line).collect(Collectors.toSet()))
                    .hasSize(20);
            assertThat(tester.row(
                            "select state, holder <> '" + before
                                    + "', claim > 1, fruitless from slice where batch_id = ?",
                            batch))
                    .isEqualTo("reported|t|t|0");
        });
    }

    /** The session that holds the lock, or all of them as when PostgreSQL restarts. */
    @ParameterizedTest
    @ValueSource(strings = {"l.pid is not null", "true"})
    void aProcessThatLosesItsSessionsKeepsItsIdentityAndBreaksOffNoCall(String which) {
        Semaphore answers = new Semaphore(0);
        String batch = waitForAnswers(answers, "survivor");
        String before = tester.row("select claim, holder from slice where batch_id = ?", batch);
        Set<String> lost = locks();

        tester.sql("select pg_terminate_backend(a.pid) from pg_stat_activity a left join pg_locks l"
                + " on l.pid = a.pid and l.locktype = 'advisory' and l.classid = 7214"
                + " where a.application_name = 'longhaul/batch-dispatcher' and " + which);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(locks()).isNotEmpty().doesNotContainAnyElementsOf(lost));
        answers.release(1_000);

        resultsOf(batch, 20);
        assertThat(tester.bodies.stream().filter(body -> body.contains("survivor")))
                .doesNotHaveDuplicates()
                .hasSize(20);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(tester.row("select state, claim, holder from slice where batch_id = ?", batch))
                                .isEqualTo("reported|" + before));
    }

    /** Processes of PostgreSQL that hold the lock of a dispatcher. */
    private Set<String> locks() {
        return Set.copyOf(tester.rows("select pid from pg_locks where locktype = 'advisory' and classid = 7214"));
    }

    private String holder(String batch) {
        return tester.row("select holder from slice where batch_id = ?", batch);
    }

    /** A batch of 20 lines of which some are called and get no answer without a permit. */
    private String waitForAnswers(Semaphore answers, String text) {
        tester.answerer = (exchange, body) -> {
            answers.acquireUninterruptibly();
            reply(exchange, 200, "{}");
        };
        String batch = tester.batch("t1", lines(20, i -> line("c" + i, FAKE, text + " " + i)));
        await().atMost(PATIENCE).until(() -> !tester.bodies.isEmpty());
        return batch;
    }

    private List<Result> resultsOf(String batch, int lines) {
        return tester.resultsOf(batch, lines);
    }

    private static String textOf(List<Result> results, long line) {
        return results.stream()
                .filter(result -> result.line() == line)
                .map(Result::text)
                .findFirst()
                .orElse("");
    }

    private static List<String> lines(int count, IntFunction<String> line) {
        return IntStream.range(0, count).mapToObj(line).toList();
    }
}
