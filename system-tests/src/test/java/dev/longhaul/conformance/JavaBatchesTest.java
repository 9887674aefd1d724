package dev.longhaul.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonField;
import com.openai.core.JsonValue;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.batches.BatchCreateParams.CompletionWindow;
import com.openai.models.batches.BatchCreateParams.Endpoint;
import com.openai.models.batches.BatchCreateParams.Metadata;
import com.openai.models.batches.BatchCreateParams.OutputExpiresAfter;
import com.openai.models.batches.BatchListParams;
import com.openai.models.batches.BatchRequestCounts;
import com.openai.models.batches.BatchUsage;
import dev.longhaul.system.Json;
import dev.longhaul.system.SystemTest;
import dev.longhaul.system.Tester;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches by OpenAI's Java SDK. */
@SystemTest
class JavaBatchesTest {
    private JavaSdk sdk;
    private OpenAIClient client;

    @BeforeEach
    void connect(Tester tester) {
        sdk = JavaSdk.of(tester);
        client = sdk.client();
    }

    @AfterEach
    void disconnect() {
        sdk.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/responses",
                "/v1/chat/completions",
                "/v1/embeddings",
                "/v1/completions",
                "/v1/moderations",
                "/v1/images/generations",
                "/v1/images/edits",
                "/v1/videos"
            })
    void createsForEachEndpoint(String endpoint) {
        Batch batch = sdk.create(sdk.batch("Hello").endpoint(Endpoint.of(endpoint)));

        assertThat(batch.endpoint()).isEqualTo(endpoint);
        assertThat(batch.status()).isEqualTo(Batch.Status.VALIDATING);
        assertThat(batch.expiresAt()).contains(batch.createdAt() + 86_400);
        assertThat(counts(batch)).containsExactly(0L, 0L, 0L);
    }

    @Test
    void keepsMetadataUpToItsLimits() {
        Metadata.Builder full = Metadata.builder();
        for (int number = 0; number < 16; number++) {
            full.putAdditionalProperty(Character.toString('a' + number).repeat(64), JsonValue.from("v".repeat(512)));
        }

        Batch batch = sdk.create(sdk.batch("Hello").metadata(full.build()));

        assertThat(client.batches()
                        .retrieve(batch.id())
                        .metadata()
                        .orElseThrow()
                        ._additionalProperties())
                .isEqualTo(full.build()._additionalProperties());
        assertThat(sdk.create(sdk.batch("Hello").metadata(Optional.empty()))
                        .metadata()
                        .orElseThrow()
                        ._additionalProperties())
                .isEmpty();
        refusesMetadata(
                "metadata", "object_above_max_properties", full.putAdditionalProperty("more", JsonValue.from("")));
        refusesMetadata("metadata", "property_name_above_max_length", one("k".repeat(65), ""));
        refusesMetadata("metadata.key", "string_above_max_length", one("key", "v".repeat(513)));
        refusesMetadata("metadata.tags", "invalid_type", one("tags", List.of("a")));
    }

    private void refusesMetadata(String param, String code, Metadata.Builder metadata) {
        refusesToCreate(param, code, sdk.batch("Hello").metadata(metadata.build()));
    }

    private static Metadata.Builder one(String key, Object value) {
        return Metadata.builder().putAdditionalProperty(key, JsonValue.from(value));
    }

    @Test
    void takesWhatOtherServicesClientsSend() {
        Batch batch = sdk.create(sdk.batch("Hello")
                .completionWindow(CompletionWindow.of("unlimited"))
                .putAdditionalHeader("x-tfy-provider-name", "any")
                .putAdditionalBodyProperty("job_name", JsonValue.from("nightly"))
                .putAdditionalBodyProperty("unheard_of", JsonValue.from(1)));

        assertThat(batch.completionWindow()).isEqualTo("unlimited");
        assertThat(batch.expiresAt()).contains(4_102_444_800L);
        assertThat(batch._additionalProperties()).containsEntry("job_name", JsonValue.from("nightly"));
        JsonValue job = batch._additionalProperties().getOrDefault("job_id", JsonValue.from(""));
        assertThat(job.asStringOrThrow()).startsWith("job-");
        assertThat(sdk.create(sdk.batch("Hello").putAdditionalBodyProperty("job_id", job))
                        ._additionalProperties())
                .containsEntry("job_id", job);
        assertThat(JavaSdk.refused(
                        404,
                        "job_id",
                        null,
                        () -> sdk.create(
                                sdk.batch("Hello").putAdditionalBodyProperty("job_id", JsonValue.from("job-none")))))
                .hasMessageContaining("job-none");
    }

    @Test
    void refusesWhatIsMissingOrWrong() {
        refusesToCreate(
                "input_file_id",
                "missing_required_parameter",
                sdk.batch("Hello").inputFileId(JsonField.ofNullable(null)));
        refusesToCreate(
                "endpoint", "missing_required_parameter", sdk.batch("Hello").endpoint(JsonField.ofNullable(null)));
        refusesToCreate("endpoint", "invalid_value", sdk.batch("Hello").endpoint(Endpoint.of("/v1/nothing")));
        refusesToCreate(
                "completion_window", "invalid_value", sdk.batch("Hello").completionWindow(CompletionWindow.of("soon")));
        refusesToCreate(
                "output_expires_after.seconds",
                "integer_below_min_value",
                sdk.batch("Hello").outputExpiresAfter(after(3_599)));
        refusesToCreate(
                "output_expires_after.seconds",
                "integer_above_max_value",
                sdk.batch("Hello").outputExpiresAfter(after(2_592_001)));
        refusesToCreate(
                "output_expires_after.anchor",
                "invalid_value",
                sdk.batch("Hello")
                        .outputExpiresAfter(OutputExpiresAfter.builder()
                                .anchor(JsonValue.from("now"))
                                .seconds(3_600)
                                .build()));
    }

    private void refusesToCreate(String param, String code, BatchCreateParams.Builder batch) {
        JavaSdk.refused(400, param, code, () -> sdk.create(batch));
    }

    private static OutputExpiresAfter after(long seconds) {
        return OutputExpiresAfter.builder()
                .anchor(JsonValue.from("created_at"))
                .seconds(seconds)
                .build();
    }

    @Test
    void completes() {
        Batch batch = sdk.await(
                sdk.create(sdk.batch("Hello", "World", JavaSdk.FAILS).outputExpiresAfter(after(7_200))),
                Batch.Status.COMPLETED);

        assertThat(counts(batch)).containsExactly(3L, 2L, 1L);
        assertThat(List.of(
                        batch.createdAt(),
                        batch.inProgressAt().orElseThrow(),
                        batch.finalizingAt().orElseThrow(),
                        batch.completedAt().orElseThrow(),
                        batch.expiresAt().orElseThrow()))
                .isSorted();
        assertThat(List.of(batch.failedAt(), batch.expiredAt(), batch.cancellingAt(), batch.cancelledAt()))
                .containsOnly(Optional.empty());
        assertThat(batch.errors()).isEmpty();
        assertThat(batch.model()).contains("sim-chat");
        String output = batch.outputFileId().orElseThrow();
        assertThat(sdk.linesOf(output)).hasSize(2).allMatch(line -> line.contains("\"status_code\":200"));
        BatchUsage usage = batch.usage().orElseThrow();
        assertThat(List.of(usage.inputTokens(), usage.outputTokens(), usage.totalTokens()))
                .containsExactly(
                        sumOf("prompt_tokens", output),
                        sumOf("completion_tokens", output),
                        sumOf("total_tokens", output))
                .doesNotContain(0L);
        assertThat(sdk.linesOf(batch.errorFileId().orElseThrow()))
                .singleElement()
                .asString()
                .contains("\"custom_id\":\"line-2\"", "\"status_code\":400");
        assertThat(client.files().retrieve(output).expiresAt())
                .contains(client.files().retrieve(output).createdAt() + 7_200);
    }

    private long sumOf(String tokens, String output) {
        return sdk.linesOf(output).stream()
                .mapToLong(line ->
                        Json.parse(line).at("/response/body/usage/" + tokens).asLong())
                .sum();
    }

    @Test
    void failsForAFileThatIsNoBatch() {
        String file = sdk.upload("{}\nnothing\n".getBytes(UTF_8)).id();

        Batch batch = sdk.await(sdk.create(sdk.batch("Hello").inputFileId(file)), Batch.Status.FAILED);

        assertThat(batch.failedAt().orElseThrow()).isGreaterThanOrEqualTo(batch.createdAt());
        assertThat(List.of(batch.inProgressAt(), batch.finalizingAt(), batch.completedAt(), batch.expiredAt()))
                .containsOnly(Optional.empty());
        assertThat(batch.errors().orElseThrow().data().orElseThrow())
                .extracting(
                        error -> error.code().orElseThrow() + " " + error.line().orElseThrow())
                .containsExactly("missing_required_parameter 1", "invalid_json_line 2");
    }

    @Test
    void expires() {
        Batch created = sdk.create(sdk.batch("Hello", JavaSdk.HANGS).completionWindow(CompletionWindow.of("10s")));
        Batch over = sdk.await(
                created,
                batch -> JsonValue.from("expired")
                        .equals(batch._additionalProperties().get("stop_reason")));
        assertThat(over.status()).isEqualTo(Batch.Status.IN_PROGRESS);
        assertThat(over.expiredAt()).isEmpty();
        assertThat(over.errorFileId()).isEmpty();

        Batch batch = sdk.await(created, Batch.Status.EXPIRED);

        assertThat(batch.expiredAt().orElseThrow())
                .isGreaterThanOrEqualTo(batch.expiresAt().orElseThrow());
        assertThat(List.of(batch.completedAt(), batch.failedAt(), batch.cancellingAt(), batch.cancelledAt()))
                .containsOnly(Optional.empty());
        assertThat(counts(batch)).containsExactly(2L, 1L, 0L);
        assertThat(sdk.linesOf(batch.errorFileId().orElseThrow()))
                .singleElement()
                .asString()
                .contains("batch_expired");
        refusesToCancel(batch, "expired");
    }

    @Test
    void cancels() {
        Batch created = sdk.create(sdk.batch(JavaSdk.HANGS));

        assertThat(client.batches().cancel(created.id()).status()).isEqualTo(Batch.Status.CANCELLING);
        assertThat(client.batches().cancel(created.id()).cancellingAt()).isPresent();

        Batch cancelled = sdk.await(created, Batch.Status.CANCELLED);
        assertThat(client.batches().cancel(created.id())).isEqualTo(cancelled);
    }

    @Test
    void cancelsWhatRunsAndKeepsWhatIsDone() {
        Batch running = sdk.await(
                sdk.create(sdk.batch("Hello", JavaSdk.HANGS)),
                batch -> counts(batch).get(1).equals(1L));
        assertThat(running.status()).isEqualTo(Batch.Status.IN_PROGRESS);

        assertThat(client.batches().cancel(running.id()).status()).isEqualTo(Batch.Status.CANCELLING);

        Batch cancelled = sdk.await(running, Batch.Status.CANCELLED);
        assertThat(List.of(
                        cancelled.inProgressAt().orElseThrow(),
                        cancelled.cancellingAt().orElseThrow(),
                        cancelled.cancelledAt().orElseThrow()))
                .isSorted();
        assertThat(List.of(cancelled.completedAt(), cancelled.failedAt(), cancelled.expiredAt()))
                .containsOnly(Optional.empty());
        assertThat(counts(cancelled)).containsExactly(2L, 1L, 0L);
        assertThat(sdk.linesOf(cancelled.outputFileId().orElseThrow())).hasSize(1);
        assertThat(sdk.linesOf(cancelled.errorFileId().orElseThrow()))
                .singleElement()
                .asString()
                .contains("batch_cancelled");
    }

    @Test
    void isAskedOnceToCancelWhatHasEnded() {
        refusesToCancel(sdk.await(sdk.create(sdk.batch("Hello")), Batch.Status.COMPLETED), "completed");
        refusesToCancel(
                sdk.await(sdk.create(sdk.batch("Hello").inputFileId("file-none")), Batch.Status.FAILED), "failed");
        JavaSdk.refused(404, null, null, () -> client.batches().cancel("batch_none"));
    }

    private void refusesToCancel(Batch batch, String status) {
        int before = sdk.requests();
        assertThat(JavaSdk.refused(409, null, null, () -> client.batches().cancel(batch.id())))
                .hasMessageContaining("Cannot cancel a batch with status '" + status + "'.");
        assertThat(sdk.requests() - before).isEqualTo(1);
    }

    @Test
    void pagesToTheEndWhileBatchesAreCreated() {
        List<String> mine = new ArrayList<>();
        for (int number = 0; number < 5; number++) {
            mine.add(sdk.create(sdk.batch("Hello")).id());
        }
        List<String> seen = new ArrayList<>();
        for (Batch batch : client.batches()
                .list(BatchListParams.builder().limit(2).build())
                .autoPager()) {
            seen.add(batch.id());
            if (seen.containsAll(mine)) {
                break;
            }
            sdk.create(sdk.batch("Hello"));
        }

        assertThat(seen).doesNotHaveDuplicates().containsSubsequence(mine.reversed());
        String last = client.batches().list(BatchListParams.builder().limit(100).build()).autoPager().stream()
                .reduce((one, next) -> next)
                .orElseThrow()
                .id();
        assertThat(client.batches()
                        .list(BatchListParams.builder().after(last).build())
                        .data())
                .isEmpty();
    }

    @Test
    void doesNotKnowAnotherBatch() {
        assertThat(JavaSdk.refused(404, null, null, () -> client.batches().retrieve("batch_none")))
                .hasMessageContaining("No batch found with id 'batch_none'.");
        JavaSdk.refused(
                404,
                "after",
                null,
                () -> client.batches()
                        .list(BatchListParams.builder().after("batch_none").build()));
    }

    @Test
    void namesTheRequest() {
        try (var response = client.batches().withRawResponse().list()) {
            assertThat(response.requestId().orElseThrow()).startsWith("req_");
            assertThat(response.headers().values("openai-version")).containsExactly("2020-10-01");
        }
    }

    @Test
    void worksWithAndWithoutVersionInTheUrl(Tester tester) {
        String id = sdk.create(sdk.batch("Hello")).id();
        URI base = tester.status().api();
        for (String path : List.of("/", "/v1/", "/api/llm")) {
            try (JavaSdk other = new JavaSdk(base.resolve(path), tester.status().apiKey())) {
                assertThat(other.client().batches().retrieve(id).id()).isEqualTo(id);
            }
        }
    }

    private static List<Long> counts(Batch batch) {
        BatchRequestCounts counts = batch.requestCounts().orElseThrow();
        return List.of(counts.total(), counts.completed(), counts.failed());
    }
}
