package dev.longhaul.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams.CompletionWindow;
import com.openai.models.batches.BatchRequestCounts;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import dev.longhaul.system.ChatLines;
import dev.longhaul.system.Json;
import dev.longhaul.system.Stack;
import dev.longhaul.system.Tester;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** A stack of its own with OpenAI's limits, as OpenAI's Java SDK sees it: validation, limits, and files that lose nothing. */
@Tag("system")
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenAiProfileTest {
    private static final int MOST_LINES = 50_000;
    private static final long MOST_BYTES = 200L << 20;
    private static final String GOOD = line("good", "/v1/chat/completions", "\"model\":\"sim-chat\",\"messages\":[]");

    private Tester tester;
    private JavaSdk sdk;
    /** Runs out of time while the tests run. */
    private Batch expiring;

    @BeforeAll
    void start() {
        tester = new Tester(
                Stack.root().resolve("system-tests/target/openai-stack"), Map.of("LONGHAUL_LIMITS_PROFILE", "openai"));
        sdk = JavaSdk.of(tester);
        expiring = sdk.create(sdk.batch("Hello", JavaSdk.HANGS).completionWindow(CompletionWindow.of("10s")));
    }

    @AfterAll
    void stop() {
        sdk.close();
        tester.close();
    }

    @Test
    void eachBadLineIsReportedWithItsCode() {
        String chat = "/v1/chat/completions";
        List<String> lines = List.of(
                GOOD,
                "{\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{}}",
                "{\"custom_id\":\"a\",\"url\":\"/v1/chat/completions\",\"body\":{}}",
                "{\"custom_id\":\"b\",\"method\":\"POST\",\"body\":{}}",
                "{\"custom_id\":\"c\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\"}",
                "nothing",
                "",
                line("d", "/v1/embeddings", "\"model\":\"sim-chat\""),
                line("e", chat, "\"model\":\"nobody-has-it\",\"messages\":[]"),
                line("f", chat, "\"model\":\"sim-chat\",\"stream\":true,\"messages\":[]"),
                line("g", chat, "\"messages\":[]"),
                line("h", chat, "\"model\":\"sim-chat\""),
                GOOD,
                line("good\\u0031", chat, "\"model\":\"sim-chat\",\"messages\":[]"),
                line("good1", chat, "\"model\":\"sim-chat\",\"messages\":[]"));

        Batch batch = failed(String.join("\n", lines).getBytes(UTF_8));

        assertThat(batch.errors().orElseThrow().data().orElseThrow())
                .extracting(error -> error.line().orElse(0L) + " "
                        + error.code().orElse("") + " " + error.param().orElse("-"))
                .containsExactly(
                        "2 missing_required_parameter custom_id",
                        "3 missing_required_parameter method",
                        "4 missing_required_parameter url",
                        "5 missing_required_parameter body",
                        "6 invalid_json_line -",
                        "7 invalid_json_line -",
                        "8 invalid_url url",
                        "9 model_not_found body.model",
                        "10 streaming_unsupported body.stream",
                        "11 invalid_request body.model",
                        "12 invalid_request body.messages",
                        "13 duplicate_custom_id custom_id",
                        "15 duplicate_custom_id custom_id");
    }

    @Test
    void aMarkInFrontCrLfAndBlankLinesAtTheEndPass() {
        String lines = "\uFEFF" + GOOD + "\r\n"
                + line("other", "/v1/chat/completions", "\"model\":\"sim-chat\",\"messages\":[]") + "\r\n\r\n\n";

        Batch batch = sdk.await(create(lines.getBytes(UTF_8)), Batch.Status.COMPLETED);

        assertThat(batch.requestCounts().orElseThrow().total()).isEqualTo(2);
    }

    @Test
    void aLineTooManyFailsTheBatch() {
        Batch batch = failed(ChatLines.of(MOST_LINES + 1).bytes());

        assertThat(batch.errors().orElseThrow().data().orElseThrow())
                .singleElement()
                .satisfies(error -> assertThat(error.code()).contains("too_many_tasks"));
    }

    @Test
    void aByteTooManyIsRefusedAndTheSdkSeesIt() {
        OpenAIServiceException refusal = catchThrowableOfType(
                OpenAIServiceException.class,
                () -> sdk.client()
                        .files()
                        .create(FileCreateParams.builder()
                                .file(new Blanks(MOST_BYTES + 1))
                                .purpose(FilePurpose.BATCH)
                                .build()));

        assertThat(refusal.statusCode()).isEqualTo(413);
        assertThat(refusal.param()).contains("file");
    }

    @Test
    void noLineIsLostOrDoubledWhoeverIsKilled() {
        int count = 2_000;
        ChatLines asked = new ChatLines(count, number -> number % 10 == 0 ? JavaSdk.FAILS : ChatLines.question(number));
        tester.simulator().behave(Map.of("latency_ms", 50));
        Batch created = create(asked.bytes());
        sdk.await(created, batch -> batch.requestCounts().orElseThrow().completed() > 100);
        tester.kill("batch-dispatcher-1");
        tester.kill("batch-finalizer-1");
        tester.up();

        Batch batch = sdk.await(created, Batch.Status.COMPLETED);

        Results results = new Results();
        results.read(sdk.linesOf(batch.outputFileId().orElseThrow()), 200);
        assertThat(results.customIds).hasSize(count - count / 10);
        results.read(sdk.linesOf(batch.errorFileId().orElseThrow()), 400);
        assertThat(results.customIds)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, count).mapToObj(ChatLines::customId).toList());
        BatchRequestCounts counts = batch.requestCounts().orElseThrow();
        assertThat(List.of(counts.total(), counts.completed(), counts.failed())).containsExactly(2_000L, 1_800L, 200L);
    }

    @Test
    void cancelledAndExpiredLinesAreInTheErrorFile() {
        Batch running = sdk.await(
                sdk.create(sdk.batch("Hello", JavaSdk.HANGS)),
                batch -> batch.requestCounts().orElseThrow().completed() == 1);
        sdk.client().batches().cancel(running.id());

        servesOneOfTwo(sdk.await(running, Batch.Status.CANCELLED), "batch_cancelled");
        servesOneOfTwo(sdk.await(expiring, Batch.Status.EXPIRED), "batch_expired");
    }

    private void servesOneOfTwo(Batch ended, String code) {
        BatchRequestCounts counts = ended.requestCounts().orElseThrow();
        assertThat(List.of(counts.total(), counts.completed(), counts.failed())).containsExactly(2L, 1L, 0L);
        assertThat(sdk.linesOf(ended.outputFileId().orElseThrow())).hasSize(1);
        JsonNode unserved =
                Json.parse(String.join("", sdk.linesOf(ended.errorFileId().orElseThrow())));
        assertThat(unserved.path("custom_id").asText()).isEqualTo("line-1");
        assertThat(unserved.path("response").isNull()).isTrue();
        assertThat(unserved.path("error").path("code").asText()).isEqualTo(code);
    }

    /** Lines of result files, each answered with a status, each with ids of its own. */
    private static final class Results {
        private final List<String> customIds = new ArrayList<>();
        private final Set<String> ids = new HashSet<>();
        private final Set<String> requestIds = new HashSet<>();

        void read(List<String> lines, int status) {
            for (String text : lines) {
                JsonNode line = Json.parse(text);
                JsonNode response = line.path("response");
                assertThat(response.path("status_code").asInt()).isEqualTo(status);
                assertThat(requestIds.add(response.path("request_id").asText())).isTrue();
                assertThat(response.path("body").isObject()).isTrue();
                assertThat(line.path("error").isNull()).isTrue();
                assertThat(ids.add(line.path("id").asText())).isTrue();
                customIds.add(line.path("custom_id").asText());
            }
        }
    }

    private Batch failed(byte[] content) {
        return sdk.await(create(content), Batch.Status.FAILED);
    }

    private Batch create(byte[] content) {
        return sdk.create(sdk.batch("Hello").inputFileId(sdk.upload(content).id()));
    }

    private static String line(String customId, String url, String body) {
        return "{\"custom_id\":\"" + customId + "\",\"method\":\"POST\",\"url\":\"" + url + "\",\"body\":{" + body
                + "}}";
    }

    /** A line of that length that nobody has in memory. */
    private static final class Blanks extends InputStream {
        private long left;

        Blanks(long length) {
            this.left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? ' ' : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(length, left);
            java.util.Arrays.fill(bytes, offset, offset + count, (byte) ' ');
            left -= count;
            return count;
        }
    }
}
