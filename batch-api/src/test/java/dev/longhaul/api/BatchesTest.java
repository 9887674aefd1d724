package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.model.BatchStatus;
import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class BatchesTest {
    private static final String FULL_METADATA = metadata(16);

    private final Api api = Api.admin();

    @Inject
    Database database;

    @BeforeEach
    void waitUntilReady() {
        Readiness.await();
    }

    private static String metadata(int pairs) {
        JsonObject metadata = new JsonObject();
        for (int i = 0; i < pairs; i++) {
            metadata.put("key" + i, "value");
        }
        return metadata.encode();
    }

    /** A request that asks for what every one must, and for more. */
    private static String request(String more) {
        return "{\"input_file_id\":\"file-x\",\"endpoint\":\"/v1/chat/completions\"" + more + "}";
    }

    private String created() throws Exception {
        return api.post("/v1/batches", request("")).id();
    }

    @Test
    void shouldAnswerABatchWithEveryKey() throws Exception {
        String file = api.uploaded(Lines.ONE);

        Api.Answer answer = api.post(
                "/v1/batches",
                "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"24h\","
                        + "\"metadata\":{\"a\":\"b\"},\"job_name\":\"nightly\",\"something\":[1]}");

        assertThat(answer.status()).isEqualTo(200);
        JsonObject batch = answer.json();
        long createdAt = batch.getLong("created_at");
        assertThat(batch.getString("id")).matches("batch_[0-9a-f]{32}");
        assertThat(batch.getString("job_id")).startsWith("job-");
        assertThat(batch).isEqualTo(new JsonObject("""
                        {"id":"%s","object":"batch","endpoint":"/v1/embeddings","model":null,"errors":null,
                        "input_file_id":"%s","completion_window":"24h","status":"validating","output_file_id":null,
                        "error_file_id":null,"created_at":%d,"in_progress_at":null,"expires_at":%d,"finalizing_at":null,
                        "completed_at":null,"failed_at":null,"expired_at":null,"cancelling_at":null,"cancelled_at":null,
                        "request_counts":{"total":0,"completed":0,"failed":0},
                        "usage":{"input_tokens":0,"input_tokens_details":{"cached_tokens":0},"output_tokens":0,
                        "output_tokens_details":{"reasoning_tokens":0},"total_tokens":0},
                        "metadata":{"a":"b"},"job_id":"%s","job_name":"nightly",
                        "paused_at":null,"stop_reason":null,"max_errors":null,"retry_of":null,
                        "progress":{"lines_per_second":0.0,"estimated_end_at":null,"input_tokens":0,"output_tokens":0,
                        "waiting":{"queue":0,"backend_down":0,"rate_limited":0,"key_refused":0,"paused":0,"plan":null},"planned_share":0.0}}""".formatted(
                        batch.getString("id"), file, createdAt, createdAt + 86_400, batch.getString("job_id"))));
        assertThat(api.get("/v1/batches/" + batch.getString("id")).json()).isEqualTo(batch);
        var row = database.run("select * from batch where id = $1", batch.getString("id"))
                .iterator()
                .next();
        assertThat(row.getLong("input_bytes")).isEqualTo(Lines.ONE.length());
        assertThat(row.getInteger("results_partition")).isBetween(0, 7);
        assertThat(row.getString("output_ref")).startsWith("file-").isNotEqualTo(row.getString("error_ref"));
    }

    @Test
    void shouldShowWhatTheRowSays() throws Exception {
        String id = created();
        database.run("""
                update batch set status = 'completed', model = 'm', in_progress_at = now(), finalizing_at = now(),
                  completed_at = now(), lines_total = 3, lines_completed = 2, lines_failed = 1, output_file_id = output_ref,
                  error_file_id = error_ref, input_tokens = 1, cached_tokens = 2, output_tokens = 3, reasoning_tokens = 4,
                  total_tokens = 5 where id = $1""", id);

        JsonObject batch = api.get("/v1/batches/" + id).json();

        assertThat(batch.getString("status")).isEqualTo("completed");
        assertThat(batch.getString("model")).isEqualTo("m");
        assertThat(batch.getLong("completed_at")).isPositive();
        assertThat(batch.getString("output_file_id")).startsWith("file-");
        assertThat(batch.getJsonObject("request_counts"))
                .isEqualTo(new JsonObject("{\"total\":3,\"completed\":2,\"failed\":1}"));
        assertThat(batch.getJsonObject("usage")).isEqualTo(new JsonObject("""
                                {"input_tokens":1,"input_tokens_details":{"cached_tokens":2},"output_tokens":3,
                                "output_tokens_details":{"reasoning_tokens":4},"total_tokens":5}"""));
    }

    @Test
    void shouldListTenErrorsOfABatchAndShowAllOfThem() throws Exception {
        String id = created();
        JsonArray data = new JsonArray();
        for (int i = 1; i <= 25; i++) {
            data.add(new JsonObject()
                    .put("code", "invalid_json_line")
                    .put("message", "This line is not parseable as valid JSON.")
                    .putNull("param")
                    .put("line", i));
        }
        database.run(
                "update batch set status = 'failed', failed_at = now(), errors = $2 where id = $1",
                id,
                new JsonObject().put("object", "list").put("data", data));

        JsonObject shown = api.get("/v1/batches/" + id).json().getJsonObject("errors");
        JsonObject listed =
                api.get("/v1/batches?limit=1").data().getJsonObject(0).getJsonObject("errors");

        assertThat(shown.getJsonArray("data")).isEqualTo(data);
        assertThat(listed.getJsonArray("data")).hasSize(10);
        assertThat(listed.getString("object")).isEqualTo("list");
    }

    @ParameterizedTest
    @CsvSource({
        "24h, 86400",
        "10s, 10",
        "1m, 60",
        "365d, 31536000",
        "0048h, 172800",
    })
    void shouldTakeAWindow(String window, long seconds) throws Exception {
        JsonObject batch = api.post("/v1/batches", request(",\"completion_window\":\"" + window + "\""))
                .json();

        assertThat(batch.getString("completion_window")).isEqualTo(window);
        assertThat(batch.getLong("expires_at") - batch.getLong("created_at")).isEqualTo(seconds);
    }

    @Test
    void shouldTakeAWindowWithoutEndAndNoWindowAtAll() throws Exception {
        JsonObject unlimited = api.post("/v1/batches", request(",\"completion_window\":\"unlimited\""))
                .json();
        JsonObject none =
                api.post("/v1/batches", request(",\"completion_window\":null")).json();

        assertThat(unlimited.getLong("expires_at")).isEqualTo(4_102_444_800L);
        assertThat(none.getString("completion_window")).isEqualTo("24h");
    }

    @Test
    void shouldKeepForeignGatewaysHeadersApart() throws Exception {
        JsonObject sent = new JsonObject()
                .put("x-tfy-metadata", "{\"a\":1}")
                .put("x-tfy-provider-name", "p")
                .put("x-tfy-azure-api-version", "1")
                .put("x-tfy-vertex-storage-bucket-name", "b")
                .put("x-tfy-vertex-region", "r")
                .put("x-tfy-provider-model", "m")
                .put("x-tfy-aws-s3-bucket", "s")
                .put("x-tfy-aws-bedrock-model", "n");

        Api.Answer answer = api.post(
                "/v1/batches",
                request(""),
                sent.stream()
                        .flatMap(header -> Stream.of(header.getKey().replace("tfy", "TFY"), (String) header.getValue()))
                        .toArray(String[]::new));

        assertThat(answer.json().getJsonObject("metadata")).isEmpty();
        assertThat(answer.text()).doesNotContain("tfy");
        assertThat(kept(answer.id())).isEqualTo(sent);
    }

    private JsonObject kept(String batch) {
        return (JsonObject) database.run("select tfy_headers from batch where id = $1", batch)
                .iterator()
                .next()
                .getValue(0);
    }

    @Test
    void shouldKeepSoMuchOfForeignGatewaysHeadersAndNoMore() throws Exception {
        String name = "x-tfy-metadata";
        String longest = "y".repeat(4096 - name.length());

        Api.Answer kept = api.post("/v1/batches", request(""), name, longest);
        Api.Answer refused = api.post("/v1/batches", request(""), name, longest + "y");

        assertThat(kept(kept.id())).isEqualTo(new JsonObject().put(name, longest));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error().getString("param")).isEqualTo(name);
        assertThat(refused.error().getString("code")).isEqualTo("string_above_max_length");
        assertThat(refused.error().getString("message")).contains("4096 characters");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "null",
            value = {
                "{                                   | null | null | not valid JSON",
                "{} x                                | null | null | not valid JSON",
                "{}{}                                | null | null | Something follows the first value (line 1, column 4).",
                "{\"a\":1,\"b\":{},\"a\":2}         | null | null | Duplicate field 'a'",
                "``                                  | null | invalid_type | expected an object",
                "[]                                  | null | invalid_type | expected an object, but got an array",
                "7                                   | null | invalid_type | got an integer",
                "{}                                  | input_file_id | missing_required_parameter | 'input_file_id'",
                "{\"input_file_id\":null}            | input_file_id | missing_required_parameter | 'input_file_id'",
                "{\"input_file_id\":\"\"}            | input_file_id | invalid_value | purpose 'batch'",
                "{\"input_file_id\":3}               | input_file_id | invalid_type | expected a string, but got an integer",
                "{\"input_file_id\":\"f\"}           | endpoint | missing_required_parameter | 'endpoint'",
                "{\"input_file_id\":\"f\",\"endpoint\":\"/v1/x\"} | endpoint | invalid_value | Invalid value: '/v1/x'. Supported values are: '/v1/responses', ",
                "+,\"completion_window\":\"\"        | completion_window | invalid_value | completion_window",
                "+,\"completion_window\":\"9s\"      | completion_window | invalid_value | completion_window",
                "+,\"completion_window\":\"366d\"    | completion_window | invalid_value | completion_window",
                "+,\"completion_window\":\"1 h\"     | completion_window | invalid_value | completion_window",
                "+,\"completion_window\":24          | completion_window | invalid_type | expected a string",
                "+,\"metadata\":[]                   | metadata | invalid_type | expected an object",
                "+,\"metadata\":{\"tags\":[]}        | metadata.tags | invalid_type | Invalid type for 'metadata.tags': expected a string, but got an array instead.",
                "+,\"metadata\":{\"a\":null}         | metadata.a | invalid_type | got null",
                "+,\"metadata\":{\"a\":\"\\u0000\"}  | metadata.a | invalid_value | U+0000",
                "+,\"metadata\":{\"a\":\"\\ud800\"}  | metadata.a | invalid_value | surrogate",
                "+,\"job_id\":\"job-none\"           | job_id | null | job-none",
                "+,\"job_id\":5                      | job_id | invalid_type | expected a string",
                "+,\"job_name\":{}                   | job_name | invalid_type | expected a string",
                "+,\"output_expires_after\":1        | output_expires_after | invalid_type | expected an object",
                "+,\"output_expires_after\":{}       | output_expires_after.anchor | missing_required_parameter | anchor",
                "+,\"output_expires_after\":{\"anchor\":\"x\",\"seconds\":3600} | output_expires_after.anchor | invalid_value | 'x'",
                "+,\"output_expires_after\":{\"anchor\":\"created_at\"} | output_expires_after.seconds | missing_required_parameter | seconds",
                "+,\"output_expires_after\":{\"anchor\":\"created_at\",\"seconds\":3599} | output_expires_after.seconds | integer_below_min_value | 3600",
                "+,\"output_expires_after\":{\"anchor\":\"created_at\",\"seconds\":99999999999999999999} | output_expires_after.seconds | integer_above_max_value | 2592000",
                "+,\"output_expires_after\":{\"anchor\":\"created_at\",\"seconds\":3600.5} | output_expires_after.seconds | invalid_type | integer"
            })
    void shouldRefuse(String body, String param, String code, String says) throws Exception {
        Api.Answer answer = api.post("/v1/batches", body.startsWith("+") ? request(body.substring(1)) : body);

        assertThat(answer.status()).as(answer.text()).isEqualTo("job-none".equals(says) ? 404 : 400);
        assertThat(answer.error().fieldNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
        assertThat(answer.error().getString("type")).isEqualTo("invalid_request_error");
        assertThat(answer.error().getString("param")).isEqualTo(param);
        assertThat(answer.error().getString("code")).isEqualTo(code);
        assertThat(answer.error().getString("message")).contains(says);
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
    }

    @Test
    void shouldRefuseAFileOfAnotherPurpose() throws Exception {
        String file = api.upload(new Multipart().field("purpose", "user_data").file("in.jsonl", Lines.ONE))
                .id();

        Api.Answer answer = api.post(
                "/v1/batches",
                "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"/v1/embeddings\"}",
                "Idempotency-Key",
                file);

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.error().getString("param")).isEqualTo("input_file_id");
        assertThat(answer.error().getString("code")).isEqualTo("invalid_value");
        assertThat(answer.error().getString("message")).contains("'user_data'", "'batch'");
        assertThat(database.run("select from batch where input_file_id = $1", file))
                .isEmpty();
        assertThat(database.run("select from idempotency_key where key = $1", file))
                .isEmpty();
    }

    @Test
    void shouldHoldMetadataToItsBounds() throws Exception {
        String longest = "{\"" + "k".repeat(64) + "\":\"" + "ä".repeat(512) + "\"}";

        assertThat(api.post("/v1/batches", request(",\"metadata\":" + FULL_METADATA))
                        .status())
                .isEqualTo(200);
        assertThat(api.post("/v1/batches", request(",\"metadata\":" + longest))
                        .json()
                        .getJsonObject("metadata"))
                .isEqualTo(new JsonObject(longest));
        assertThat(refused(",\"metadata\":" + metadata(17))).isEqualTo("object_above_max_properties");
        assertThat(refused(",\"metadata\":{\"" + "k".repeat(65) + "\":\"\"}"))
                .isEqualTo("property_name_above_max_length");
        assertThat(refused(",\"metadata\":{\"a\":\"" + "v".repeat(513) + "\"}")).isEqualTo("string_above_max_length");
        assertThat(refused(",\"job_name\":\"" + "v".repeat(600) + "\"")).isEqualTo("string_above_max_length");
    }

    private String refused(String more) throws Exception {
        Api.Answer answer = api.post("/v1/batches", request(more));
        assertThat(answer.status()).isEqualTo(400);
        return answer.error().getString("code");
    }

    @Test
    void shouldRefuseABodyThatIsTooLarge() throws Exception {
        Api.Answer answer = api.post("/v1/batches", request(",\"x\":\"" + "y".repeat(512 << 10) + "\""));

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.error().getString("message")).contains("512 KiB");
    }

    @ParameterizedTest
    @CsvSource({"'[', ']', 40", "'', '0,', 20000"})
    void shouldRefuseABodyThatIsAllValues(String open, String close, int count) throws Exception {
        Api.Answer answer =
                api.post("/v1/batches", request(",\"x\":[" + open.repeat(count) + close.repeat(count) + "0]"));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().getString("message")).contains("20000 values", "nest 32 deep");
    }

    @Test
    void shouldListNewestFirstInPages() throws Exception {
        List<String> newestFirst = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            newestFirst.addFirst(created());
        }

        Api.Answer first = api.get("/v1/batches?limit=2");
        Api.Answer second = api.get("/v1/batches?limit=2&after=" + newestFirst.get(1));
        String oldest = database.run("select id from batch where tenant_id = 'default' order by created_at, id limit 1")
                .iterator()
                .next()
                .getString(0);
        Api.Answer pastTheEnd = api.get("/v1/batches?after=" + oldest);

        assertThat(first.ids()).containsExactly(newestFirst.get(0), newestFirst.get(1));
        assertThat(first.json().getBoolean("has_more")).isTrue();
        assertThat(first.json().getString("last_id")).isEqualTo(newestFirst.get(1));
        assertThat(second.ids()).containsExactly(newestFirst.get(2), newestFirst.get(3));
        assertThat(pastTheEnd.json())
                .isEqualTo(new JsonObject(
                        "{\"object\":\"list\",\"data\":[],\"first_id\":null,\"last_id\":null,\"has_more\":false}"));
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0, 400, limit, integer_below_min_value, 'Invalid ''limit'': integer below minimum value. Expected a value >= 1,'",
        "limit=-1, 400, limit, integer_below_min_value, but got -1 instead.",
        "limit=101, 400, limit, integer_above_max_value, 'Invalid ''limit'': integer above maximum value. Expected a value <= 100, but got 101 instead.'",
        "limit=x, 400, limit, invalid_type, 'Invalid type for ''limit'': expected an integer, but got a string instead.'",
        "after=batch_none, 404, after, , 'No batch found with id ''batch_none''.'",
    })
    void shouldRefuseABadListQuery(String query, int status, String param, String code, String says) throws Exception {
        Api.Answer answer = api.get("/v1/batches?" + query);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.error().getString("param")).isEqualTo(param);
        assertThat(answer.error().getString("code")).isEqualTo(code);
        assertThat(answer.error().getString("message")).contains(says);
    }

    @ParameterizedTest
    @CsvSource({
        "VALIDATING, 200, cancelling",
        "IN_PROGRESS, 200, cancelling",
        "FINALIZING, 200, finalizing",
        "CANCELLING, 200, cancelling",
        "CANCELLED, 200, cancelled",
        "COMPLETED, 409, completed",
        "FAILED, 409, failed",
        "EXPIRED, 409, expired"
    })
    void shouldCancelByState(BatchStatus status, int answered, String becomes) throws Exception {
        String id = created();
        if (status != BatchStatus.VALIDATING) {
            Set<String> times = new HashSet<>(List.of("finalizing_at", status.timestampColumn()));
            if (status == BatchStatus.CANCELLED) {
                times.add("cancelling_at");
            }
            database.run(
                    "update batch set status = $2, " + String.join(" = now(), ", times) + " = now() where id = $1",
                    id,
                    status.wireName());
        }

        Api.Answer answer = api.post("/v1/batches/" + id + "/cancel");

        assertThat(answer.status()).isEqualTo(answered);
        JsonObject batch = api.get("/v1/batches/" + id).json();
        assertThat(batch.getString("status")).isEqualTo(becomes);
        if (answered == 200) {
            assertThat(answer.json()).isEqualTo(batch);
        } else {
            assertThat(answer.error())
                    .isEqualTo(new JsonObject()
                            .put("message", "Cannot cancel a batch with status '" + becomes + "'.")
                            .put("type", "invalid_request_error")
                            .putNull("param")
                            .putNull("code"));
            assertThat(answer.header("x-should-retry")).isEqualTo("false");
        }
        if (becomes.equals("cancelling")) {
            assertThat(batch.getLong("cancelling_at")).isPositive();
        }
    }

    @Test
    void shouldLeaveABatchAloneThatIsExpiring() throws Exception {
        String id = created();
        database.run("update batch set stop_reason = 'expired', stop_at = now() where id = $1", id);

        Api.Answer answer = api.post("/v1/batches/" + id + "/cancel");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().getString("status")).isEqualTo("validating");
    }

    @Test
    void shouldAnswerARepeatWithTheFirstAnswer() throws Exception {
        Api.Answer first = api.post("/v1/batches", request(""), "Idempotency-Key", "k1");
        api.post("/v1/batches/" + first.id() + "/cancel");

        Api.Answer again = api.post("/v1/batches", request(""), "Idempotency-Key", "k1");
        Api.Answer other = api.post("/v1/batches", request(",\"job_name\":\"x\""), "Idempotency-Key", "k1");

        assertThat(again.json()).isEqualTo(first.json());
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.error().getString("param")).isEqualTo("Idempotency-Key");
    }

    @Test
    void shouldForgetAnIdempotencyKeyAfterADay() throws Exception {
        String first =
                api.post("/v1/batches", request(""), "Idempotency-Key", "old").id();
        database.run("update idempotency_key set created_at = now() - interval '25 hours' where key = 'old'");

        Api.Answer later = api.post("/v1/batches", request(",\"job_name\":\"x\""), "Idempotency-Key", "old");

        assertThat(later.status()).isEqualTo(200);
        assertThat(later.id()).isNotEqualTo(first);
    }

    @Test
    void shouldNotSpendAKeyOnARequestThatFails() throws Exception {
        Api.Answer failed = api.post("/v1/batches", request(",\"job_id\":\"job-x\""), "Idempotency-Key", "spare");

        Api.Answer later = api.post("/v1/batches", request(""), "Idempotency-Key", "spare");

        assertThat(failed.status()).isEqualTo(404);
        assertThat(later.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/batches/%s", "/batches/%s", "/api/llm/batches/%s", "/api/llm/v1/batches/%s"})
    void shouldBeFoundBelowEveryPrefix(String path) throws Exception {
        String id = created();

        assertThat(api.get(path.formatted(id)).id()).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/batches/batch_none, 404, No batch found with id 'batch_none'.",
        "POST, /v1/batches/batch_none/cancel, 404, No batch found with id 'batch_none'.",
        "GET, /v1/batches/%00, 400, Invalid 'id'",
        "GET, /v1/nothing, 404, Unknown request URL",
        "GET, /, 404, Unknown request URL",
        "GET, /v1, 404, Unknown request URL",
        "PUT, /v1/batches, 405, not allowed",
        "PATCH, /files, 405, not allowed",
        "GET, /v1/batches/x/cancel, 405, not allowed",
        "DELETE, /v1/files, 405, not allowed"
    })
    void shouldAnswerWrongPathsInOpenAisShape(String method, String path, int status, String says) throws Exception {
        Api.Answer answer = api.send(method, path, BodyPublishers.noBody());

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("content-type")).startsWith("application/json");
        assertThat(answer.header("x-request-id")).startsWith("req_");
        assertThat(answer.error().fieldNames()).containsExactlyInAnyOrder("message", "type", "param", "code");
        assertThat(answer.error().getString("message")).contains(says);
    }
}
