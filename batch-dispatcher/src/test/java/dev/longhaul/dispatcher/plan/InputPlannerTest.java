package dev.longhaul.dispatcher.plan;

import static dev.longhaul.dispatcher.plan.PlanTester.chat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longhaul.model.BatchEndpoints;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputPlannerTest {
    private final PlanTester tester = new PlanTester();

    @Test
    void aGoodFileIsOneSlice() {
        String text = chat("a") + "\n" + chat("b") + "\n";

        assertThat(tester.valid(text)).isEqualTo(new PlanOutcome.Valid(2, 1, text.length(), "m"));

        assertThat(tester.slices).containsExactly(new PlannedSlice(0, 0, text.length(), 1, 2, "m"));
        assertThat(tester.opened).isEqualTo(1);
    }

    @Test
    void byteOrderMarkCarriageReturnsTrailingBlankLinesAndAMissingLastNewlinePass() {
        String lines = chat("a") + "\r\n" + chat("b") + "\r\n";
        byte[] file = ("\uFEFF" + lines + "  \r\n\n\t").getBytes(UTF_8);

        assertThat(tester.plan(file)).isEqualTo(new PlanOutcome.Valid(2, 1, lines.length(), "m"));

        PlannedSlice slice = tester.slices.getFirst();
        assertThat(slice.offset()).isEqualTo(3);
        assertThat(PlanTester.linesOf(slice, file)).containsExactly(chat("a"), chat("b"));
        assertThat(tester.valid(chat("a") + "\n" + chat("b")).lines()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\uFEFF", "\uFEFF\r\n", " \n\t\n\r\n  "})
    void aFileWithoutARequestIsEmpty(String text) {
        assertThat(tester.problems(text))
                .containsExactly(new PlanProblem(
                        "empty_file",
                        "The input file is empty. Please ensure that the batch contains at least one request.",
                        null,
                        null));
    }

    @Test
    void aBlankLineInsideIsABadLine() {
        assertThat(tester.problems("\n" + chat("a") + "\n\n \r\n" + chat("b") + "\n\n"))
                .extracting(PlanProblem::code, PlanProblem::line)
                .containsExactly(blank(1), blank(3), blank(4));
    }

    private static Tuple blank(long line) {
        return Tuple.tuple("invalid_json_line", line);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "\"custom_id\":\"x\",|\"other\":1,|missing_required_parameter|custom_id|Missing required parameter: 'custom_id'.",
                "\"method\":\"POST\",|\"other\":1,|missing_required_parameter|method|Missing required parameter: 'method'.",
                "/v1/chat/completions|/v1/embeddings|invalid_url|url|The URL provided for this request does not match the batch endpoint.",
                "\"m\"|\"nope\"|model_not_found|body.model|The provided model 'nope' is not supported by the Batch API.",
                "\"model\":\"m\"|\"stream\":true,\"model\":\"m\"|streaming_unsupported|body.stream|Chat Completions: Streaming is not supported in the Batch API.",
                "\"model\":\"m\",|\"x\":1,|invalid_request|body.model|Model parameter is required.",
                "\"messages\":[]|\"input\":[]|invalid_request|body.messages|Messages parameter is required.",
                "\"messages\":[]|\"messages\":null|invalid_request|body.messages|Messages parameter is required.",
                "POST|PUT|invalid_value|method|Invalid value: 'PUT'. Supported values are: 'POST'.",
            })
    void eachBrokenRuleIsReportedForItsLine(String from, String to, String code, String param, String message) {
        String bad = chat("x").replace(from, to);

        assertThat(tester.problems(chat("a") + "\n" + bad + "\n" + chat("b") + "\n"))
                .containsExactly(new PlanProblem(code, message, param, 2L));
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/completions,prompt,Prompt",
        "/v1/embeddings,input,Input",
        "/v1/responses,input,Input",
        "/v1/moderations,input,Input",
        "/v1/images/generations,prompt,Prompt",
        "/v1/images/edits,prompt,Prompt",
        "/v1/videos,prompt,Prompt",
    })
    void eachEndpointRequiresItsInput(String endpoint, String field, String title) {
        tester.endpoint = endpoint;
        String good = chat("a").replace(PlanTester.CHAT, endpoint).replace("messages", field);

        assertThat(tester.valid(good).lines()).isEqualTo(1);
        assertThat(tester.problems(good.replace(field, "messages")))
                .containsExactly(
                        new PlanProblem("invalid_request", title + " parameter is required.", "body." + field, 1L));
    }

    @Test
    void everyEndpointOfTheApiHasRules() {
        assertThat(BatchEndpoints.ALL)
                .hasSize(EndpointRules.values().length)
                .allSatisfy(
                        endpoint -> assertThat(EndpointRules.of(endpoint).url()).isEqualTo(endpoint));
    }

    @Test
    void aModelThatIsServedAtOtherEndpointsOnlyIsRefusedWithTheirNames() {
        tester.servedAt = List.of("/v1/embeddings", "/v1/moderations");

        assertThat(tester.problems(chat("a") + "\n" + chat("b", "nope")))
                .containsExactly(
                        new PlanProblem(
                                "invalid_request",
                                "The provided model 'm' is not served at /v1/chat/completions, only at /v1/embeddings,"
                                        + " /v1/moderations. Please use another model, or create a batch for such an endpoint.",
                                "body.model",
                                1L),
                        new PlanProblem(
                                "model_not_found",
                                "The provided model 'nope' is not supported by the Batch API.",
                                "body.model",
                                2L));
    }

    @Test
    void aResponseMayComeFromAStoredPrompt() {
        tester.endpoint = "/v1/responses";
        assertThat(tester.valid(chat("a")
                                .replace(PlanTester.CHAT, "/v1/responses")
                                .replace("messages", "prompt"))
                        .lines())
                .isEqualTo(1);
    }

    @Test
    void anUnknownEndpointIsTheCallersMistake() {
        assertThatThrownBy(() ->
                        new PlanRequest(() -> new ByteArrayInputStream(new byte[0]), 0, "/v1/x", m -> true, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/v1/x");
    }

    @Test
    void modelsMayMixUnlessTheJobForbidsIt() {
        String text = chat("a", "m") + "\n" + chat("b", "m2") + "\n" + chat("c", "m") + "\n";

        assertThat(tester.valid(text).soleModel()).isNull();
        assertThat(tester.slices).extracting(PlannedSlice::model).containsExactly((String) null);

        tester.oneModelOnly = true;
        assertThat(tester.problems(text))
                .containsExactly(new PlanProblem(
                        "mismatched_model",
                        "All requests of this batch must use the same model: expected 'm', but got 'm2'.",
                        "body.model",
                        2L));
    }

    @Test
    void aJobsModelIsTheOnlyOneThatItsLinesMayName() {
        tester.requiredModel = "m2";

        assertThat(tester.problems(chat("a", "m") + "\n" + chat("b", "m2")))
                .containsExactly(new PlanProblem(
                        "mismatched_model",
                        "All requests of this batch must use the same model: expected 'm2', but got 'm'.",
                        "body.model",
                        1L));
        assertThat(tester.valid(chat("a", "m2")).soleModel()).isEqualTo("m2");
    }

    @Test
    void modelsThatAlternateMakeNoSliceALine() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5_000; i++) {
            text.append(chat("id" + i, i % 2 == 0 ? "m" : "m2")).append('\n');
        }

        assertThat(tester.valid(text.toString()).soleModel()).isNull();
        assertThat(tester.slices).hasSize(5).extracting(PlannedSlice::model).containsOnlyNulls();
    }

    @Test
    void aChangeOfModelEndsASliceThatIsWorthOneOfItsOwn() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 600; i++) {
            text.append(chat("id" + i, i < 200 ? "m" : i < 220 ? "m2" : "m3")).append('\n');
        }

        tester.valid(text.toString());

        assertThat(tester.slices).extracting(PlannedSlice::model).containsExactly("m", null);
        assertThat(tester.slices).extracting(PlannedSlice::lines).containsExactly(200, 400);
    }

    @Test
    void slicesAreCutByLines() {
        tester.limits(100, 1000, 2, 1 << 20, 1024);
        String text = lines(5);

        assertThat(tester.valid(text)).isEqualTo(new PlanOutcome.Valid(5, 3, text.length(), "m"));
        assertThat(tester.slices).extracting(PlannedSlice::lines).containsExactly(2, 2, 1);
        assertThat(tester.slices).extracting(PlannedSlice::firstLine).containsExactly(1L, 3L, 5L);
        assertThat(tester.slices).extracting(PlannedSlice::seq).containsExactly(0, 1, 2);
    }

    @Test
    void slicesAreCutByBytesAndALongerLineIsASliceOfItsOwn() {
        int one = chat("0").length() + 1;
        tester.limits(100, 1000, 100, 2 * one, 1024);
        String text = lines(3) + chat("long" + "x".repeat(3 * one)) + "\n" + chat("4") + "\n";

        tester.valid(text);

        assertThat(tester.slices).extracting(PlannedSlice::lines).containsExactly(2, 1, 1, 1);
    }

    @Test
    void slicesGoOutInPortionsWhileTheFileIsRead() throws IOException {
        tester.limits(10_000, 1000, 1, 1000, 1024);
        byte[] file = lines(1000).getBytes(UTF_8);
        List<Integer> portions = new ArrayList<>();

        new InputPlanner(tester.limits)
                .plan(
                        new PlanRequest(
                                () -> new ByteArrayInputStream(file), file.length, PlanTester.CHAT, m -> true, false),
                        portion -> portions.add(portion.size()),
                        (read, toRead) -> {},
                        () -> false);

        assertThat(portions).containsExactly(256, 256, 256, 232);
    }

    @Test
    void anOverlongLineIsPassedOverAndReported() {
        tester.limits(100, 200, 100, 1000, 1024);
        String exact = padded("b", 200);

        assertThat(exact).hasSize(200);
        for (int readAtMost : new int[] {1, 7, 1 << 20}) {
            tester.readAtMost = readAtMost;
            String text = chat("a") + "\n" + padded("x", 201) + "\r\n" + exact + "\r\n" + padded("y", 700_000) + "\n"
                    + chat("c");
            assertThat(tester.problems(text))
                    .extracting(PlanProblem::message, PlanProblem::line)
                    .containsExactly(tooLong(2), tooLong(4));
            assertThat(tester.problems(padded("y", 700_000))).hasSize(1);
            assertThat(tester.valid("\uFEFF" + exact + "\r\n" + chat("a")).lines())
                    .isEqualTo(2);
        }
    }

    private static Tuple tooLong(long line) {
        return Tuple.tuple(
                "This line is not parseable as valid JSON: it is too long. A line may have at most 200 bytes.", line);
    }

    @Test
    void aLineMayBeLongerThanTheBufferAtFirst() {
        String text = padded("a", 3_000_000) + "\n" + chat("b") + "\n" + padded("c", 900_000);

        assertThat(tester.valid(text).lines()).isEqualTo(3);
        assertThat(tester.slices)
                .extracting(PlannedSlice::length)
                .containsExactly(3_000_001, 900_000 + chat("b").length() + 1);
    }

    @Test
    void tooManyLinesAreTheFilesFault() {
        tester.limits(3, 1000, 100, 1000, 1024);

        assertThat(tester.valid(lines(3) + "\n\n").lines()).isEqualTo(3);
        assertThat(tester.problems(lines(4)))
                .containsExactly(new PlanProblem(
                        "too_many_tasks",
                        "The input file has more than 3 requests. Please split it into several batches.",
                        null,
                        null));
    }

    @Test
    void tooManyEmbeddingInputsAreTheFilesFault() {
        tester.endpoint = "/v1/embeddings";
        tester.limits(100, 1000, 100, 1000, 1024, 5);
        String three = "{\"custom_id\":\"3\",\"method\":\"POST\",\"url\":\"/v1/embeddings\","
                + "\"body\":{\"model\":\"m\",\"input\":[\"a\",[1,2],\"c\"]}}\n";
        String one = "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/embeddings\","
                + "\"body\":{\"model\":\"m\",\"input\":%s}}\n";

        String five = three + one.formatted("a", "\"x\"") + one.formatted("b", "[1,2,3,4,5,6]");

        assertThat(tester.valid(five).lines()).isEqualTo(3);
        assertThat(tester.problems(five + one.formatted("c", "[\"x\"]")))
                .containsExactly(new PlanProblem(
                        "too_many_tasks",
                        "The input file has more than 5 embedding inputs. Please split it into several batches.",
                        null,
                        null));
    }

    @Test
    void theFirstThousandBadLinesAreListedAndTheRestCounted() {
        String text = ("[]\n" + "\n" + chat("same") + "\n").repeat(1000);

        List<PlanProblem> problems = tester.problems(text);

        // One bad, one blank, and from the second on one duplicate in three lines.
        assertThat(problems).hasSize(1001);
        assertThat(problems.subList(0, 4)).extracting(PlanProblem::line).containsExactly(1L, 2L, 4L, 5L);
        assertThat(problems.get(4).code()).isEqualTo("duplicate_custom_id");
        assertThat(problems.subList(0, 1000)).isSortedAccordingTo(Comparator.comparing(PlanProblem::line));
        assertThat(problems.getLast())
                .isEqualTo(new PlanProblem(
                        "too_many_errors",
                        "Only the first 1000 bad lines are listed. There are 1999 more.",
                        null,
                        null));
    }

    @Test
    void aThousandBadLinesNeedNoFurtherEntry() {
        assertThat(tester.problems("[]\n".repeat(1000))).hasSize(1000);
    }

    @Test
    void noSliceGoesOutBehindABadLine() {
        tester.limits(10_000, 1000, 1, 1000, 1024);
        tester.problems("[]\n" + lines(600));
        assertThat(tester.slices).isEmpty();
    }

    @Test
    void aFileThatEndsEarlyIsNoVerdictOnIt() {
        byte[] file = lines(3).getBytes(UTF_8);
        PlanRequest longer = new PlanRequest(
                () -> new ByteArrayInputStream(file), file.length + 1L, PlanTester.CHAT, m -> true, false);

        assertThatThrownBy(() ->
                        new InputPlanner(PlanLimits.DEFAULT).plan(longer, portion -> {}, (r, t) -> {}, () -> false))
                .isInstanceOf(EOFException.class)
                .hasMessageContaining("of " + (file.length + 1));
    }

    @Test
    void aCancelledPlanStops() throws IOException {
        byte[] file = lines(50_000).getBytes(UTF_8);
        AtomicInteger asked = new AtomicInteger();

        PlanOutcome outcome = new InputPlanner(PlanLimits.DEFAULT)
                .plan(
                        new PlanRequest(
                                () -> new ByteArrayInputStream(file), file.length, PlanTester.CHAT, m -> true, false),
                        portion -> {},
                        (read, toRead) -> {},
                        () -> asked.incrementAndGet() == 3);

        assertThat(outcome).isEqualTo(new PlanOutcome.Stopped());
        assertThat(asked).hasValue(3);
    }

    @Test
    void progressGrowsToTheEnd() throws IOException {
        byte[] file = lines(50_000).getBytes(UTF_8);
        List<Long> read = new ArrayList<>();

        new InputPlanner(PlanLimits.DEFAULT)
                .plan(
                        new PlanRequest(
                                () -> new ByteArrayInputStream(file), file.length, PlanTester.CHAT, m -> true, false),
                        portion -> {},
                        (bytes, of) -> {
                            assertThat(of).isEqualTo(file.length);
                            read.add(bytes);
                        },
                        () -> false);

        assertThat(read).isSorted().startsWith(0L).endsWith((long) file.length).hasSizeGreaterThan(4);
    }

    private static String lines(int count) {
        return IntStream.range(0, count).mapToObj(i -> chat("" + i) + "\n").collect(Collectors.joining());
    }

    private static String padded(String id, int length) {
        String line = chat(id);
        return line.substring(0, line.length() - 1) + " ".repeat(length - line.length()) + "}";
    }

    @Test
    void aLineNeedsNoModelWhereItIsOptionalAndABackendTakesSuch() {
        tester.endpoint = "/v1/moderations";
        String line = chat("a")
                .replace(PlanTester.CHAT, tester.endpoint)
                .replace("\"model\":\"m\",\"messages\"", "\"input\"");

        assertThat(tester.problems(line)).singleElement().satisfies(problem -> {
            assertThat(problem.param()).isEqualTo("body.model");
            assertThat(problem.message())
                    .isEqualTo("Model parameter is required. No backend is configured to serve requests without one.");
        });

        tester.models = Set.of("m", "");
        PlanOutcome.Valid valid = tester.valid(line);
        assertThat(valid.soleModel()).isNull();
        assertThat(tester.slices)
                .singleElement()
                .satisfies(slice -> assertThat(slice.model()).isNull());
    }

    @Test
    void aLineNeedsAModelElsewhere() {
        tester.models = Set.of("m");

        assertThat(tester.problems(chat("a").replace("\"model\":\"m\",", "")))
                .extracting(PlanProblem::message)
                .containsExactly("Model parameter is required.");
    }

    @Test
    void aFieldThatTheOperatorRefusesForAModelIsNamed() {
        tester.refusedFields = Map.of("m2", Set.of("priority", "cache_salt"));
        String some = chat("a", "m").replace("[]", "[],\"priority\":1");
        String refused = chat("b", "m2").replace("[]", "[],\"pri\\u006frity\":-1");
        String without = chat("c", "m2").replace("[]", "[{\"priority\":1}],\"cache_salt\":null");

        assertThat(tester.problems(some + "\n" + refused + "\n" + without))
                .containsExactly(new PlanProblem(
                        "unsupported_parameter",
                        "The parameter 'priority' is not allowed for this model.",
                        "body.priority",
                        2L));
    }
}
