package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.store.Database;
import dev.longhaul.store.FileErasure;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quotas. Each test has a tenant of its own. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class LimitsTest {
    private static final String BATCH = "{\"input_file_id\":\"file-none\",\"endpoint\":\"/v1/embeddings\"}";

    private final Api operator = Api.admin();
    private final String tenant = "limits-" + UUID.randomUUID().toString().substring(0, 8);
    private Api api = operator;

    @Inject
    Database database;

    @Inject
    FileErasure erasure;

    @BeforeEach
    void aTenant() throws Exception {
        Readiness.await();
        api = new Api(operator.post("/v1/api_keys", "{\"name\":\"n\",\"tenant\":\"" + tenant + "\"}")
                .json()
                .getString("value"));
    }

    private void limit(String limits) throws Exception {
        Api.Answer answer = operator.post("/v1/tenants/" + tenant + "/limits", limits);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private String shown(String quota) throws Exception {
        JsonObject one = api.get("/v1/limits").json().getJsonObject(quota);
        return one.getLong("used") + "/" + one.getLong("limit");
    }

    private static void assertOver(Api.Answer answer, String message) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(429);
        assertThat(answer.error())
                .isEqualTo(new JsonObject()
                        .put("message", "Rate limit reached for " + message)
                        .put("type", "requests")
                        .putNull("param")
                        .put("code", "rate_limit_exceeded"));
    }

    /** So many calls at the same time; their statuses. */
    private static List<Integer> atOnce(int count, Callable<Api.Answer> call) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Api.Answer>> calls = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                calls.add(clients.submit(call));
            }
            for (Future<Api.Answer> answer : calls) {
                statuses.add(answer.get().status());
            }
        }
        return statuses;
    }

    @Test
    void shouldShowLimitsAndUse() throws Exception {
        api.uploaded(Lines.ONE);
        api.post("/v1/batches", BATCH);
        limit("{\"files\":10,\"enqueued_lines\":0}");

        JsonObject limits = api.get("/v1/limits").json();

        assertThat(limits).isEqualTo(new JsonObject("""
                        {"object":"limits","tenant":"%s","files":{"limit":10,"used":1},"bytes":{"limit":null,"used":%d},
                        "enqueued_batches":{"limit":null,"used":1},"enqueued_lines":{"limit":0,"used":0},
                        "batches_per_hour":{"limit":null,"used":1}}""".formatted(tenant, Lines.ONE.length())));
        assertThat(operator.get("/v1/tenants/" + tenant + "/limits").json()).isEqualTo(limits);
    }

    @Test
    void shouldChangeWhatARequestNamesAndNothingElse() throws Exception {
        limit("{\"files\":1,\"bytes\":2,\"enqueued_batches\":3}");
        limit("{\"files\":\"unlimited\",\"bytes\":\"default\",\"enqueued_lines\":null}");

        assertThat(shown("files")).isEqualTo("0/null");
        assertThat(shown("bytes")).isEqualTo("0/null");
        assertThat(shown("enqueued_batches")).isEqualTo("0/3");
    }

    @Test
    void shouldRefuseAFileTooManyUntilOneIsDeleted() throws Exception {
        limit("{\"files\":2}");
        String first = api.uploaded(Lines.ONE);
        api.uploaded(Lines.ONE);

        Api.Answer small = upload(Lines.ONE);
        Api.Answer large = upload(Lines.ONE.repeat(4096));

        assertOver(small, "stored files. Limit: 2, in use: 2. Please delete files that you no longer need.");
        assertThat(large.status()).isEqualTo(429);
        assertThat(small.header("x-should-retry")).isEqualTo("false");
        assertThat(api.get("/v1/files").ids()).hasSize(2);
        api.delete("/v1/files/" + first);
        assertThat(upload(Lines.ONE).status()).isEqualTo(200);
        assertThat(shown("files")).isEqualTo("2/2");
    }

    private Api.Answer upload(String lines) throws Exception {
        return api.upload(new Multipart().field("purpose", "batch").file("in.jsonl", lines));
    }

    @Test
    void shouldCountBytesOfSmallAndLargeFiles() throws Exception {
        String large = Lines.ONE.repeat(4096);
        limit("{\"bytes\":" + (large.length() + Lines.ONE.length()) + "}");

        assertThat(upload(large).status()).isEqualTo(200);
        assertOver(
                upload(large),
                "stored bytes. Limit: %d, in use: %d. Please delete files that you no longer need."
                        .formatted(large.length() + Lines.ONE.length(), large.length()));
        assertThat(upload(Lines.ONE).status()).isEqualTo(200);
        assertThat(upload(Lines.ONE).status()).isEqualTo(429);
        await("what was refused is not left behind")
                .atMost(Duration.ofSeconds(10))
                .until(() -> database.run("select 1 from file where tenant_id = $1 and state <> 'ready'", tenant)
                                .size()
                        == 0);
    }

    @Test
    void shouldGoOnCountingRightlyWhenTheNotesAreSummedUp() throws Exception {
        String file = api.uploaded(Lines.ONE);
        for (int i = 0; i < 60; i++) {
            database.run("update file set state = 'deleted', deleted_at = now() where id = $1", file);
            database.run("update file set state = 'ready', deleted_at = null where id = $1", file);
        }

        erasure.foldUsage();

        // Of 121 notes; the janitor may have summed up some of them before.
        assertThat(database.run("select 1 from file_usage where tenant_id = $1", tenant)
                        .size())
                .isLessThanOrEqualTo(100);
        assertThat(shown("files")).isEqualTo("1/null");
        assertThat(shown("bytes")).isEqualTo(Lines.ONE.length() + "/null");
    }

    @Test
    void shouldNotLetFilesAtOnceOvershoot() throws Exception {
        limit("{\"files\":3}");

        List<Integer> statuses = atOnce(12, () -> upload(Lines.ONE));

        assertThat(statuses).filteredOn(status -> status == 200).hasSize(3);
        assertThat(statuses).filteredOn(status -> status == 429).hasSize(9);
        assertThat(shown("files")).isEqualTo("3/3");
    }

    @Test
    void shouldNotLetBatchesAtOnceOvershoot() throws Exception {
        limit("{\"enqueued_batches\":5}");

        List<Integer> statuses = atOnce(24, () -> api.post("/v1/batches", BATCH));

        assertThat(statuses).filteredOn(status -> status == 200).hasSize(5);
        assertThat(statuses).filteredOn(status -> status == 429).hasSize(19);
        Api.Answer another = api.post("/v1/batches", BATCH);
        assertOver(
                another,
                "enqueued batches. Limit: 5, in use: 5. Please try again once some of your batches have ended.");
        assertThat(another.header("retry-after")).isEqualTo("30");
        database.run("update batch set status = 'failed', failed_at = now() where tenant_id = $1", tenant);
        assertThat(api.post("/v1/batches", BATCH).status()).isEqualTo(200);
    }

    @Test
    void shouldNotCountARepeat() throws Exception {
        limit("{\"enqueued_batches\":1}");
        String first = api.post("/v1/batches", BATCH, "Idempotency-Key", "k").id();

        Api.Answer repeat = api.post("/v1/batches", BATCH, "Idempotency-Key", "k");

        assertThat(repeat.id()).isEqualTo(first);
    }

    @Test
    void shouldRefuseABatchWhileTheLinesOfOthersFillTheQueue() throws Exception {
        limit("{\"enqueued_lines\":100}");
        String running = api.post("/v1/batches", BATCH).id();
        database.run(
                "update batch set status = 'in_progress', in_progress_at = now(), lines_total = 100 where id = $1",
                running);

        Api.Answer refused = api.post("/v1/batches", BATCH);

        assertOver(
                refused,
                "enqueued lines. Limit: 100, in use: 100. Please try again once some of your batches have ended.");
        assertThat(database.run("select queue_lines from batch where id = $1", running)
                        .iterator()
                        .next()
                        .getLong(0))
                .as("what its planner is told")
                .isEqualTo(100);
    }

    @Test
    void shouldCountBatchesOfAnyHourAlsoDeletedOnes() throws Exception {
        limit("{\"batches_per_hour\":2}");
        String first = api.post("/v1/batches", BATCH).id();
        database.run(
                "update batch set status = 'failed', failed_at = now(), created_at = now() - interval '50 min' where id = $1",
                first);
        assertThat(api.delete("/v1/batches/" + first).status()).isEqualTo(200);
        api.post("/v1/batches", BATCH);

        Api.Answer refused = api.post("/v1/batches", BATCH);

        int seconds = Integer.parseInt(refused.header("retry-after"));
        assertThat(seconds).isBetween(550, 600);
        assertThat(refused.header("x-should-retry"))
                .as("SDKs do not wait for so long, and would repeat at once")
                .isEqualTo("false");
        assertOver(refused, "batches created per hour. Limit: 2, in use: 2. Please try again in " + seconds + " s.");
        assertThat(shown("batches_per_hour")).isEqualTo("2/2");
        database.run("update batch set created_at = now() - interval '3590 s' where id = $1", first);
        assertThat(api.post("/v1/batches", BATCH).header("x-should-retry")).isEqualTo("(none)");
        database.run("update batch set created_at = now() - interval '61 min' where id = $1", first);
        assertThat(api.post("/v1/batches", BATCH).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"files\":-1}             | files | integer_below_min_value",
                "{\"files\":1.5}            | files | invalid_type",
                "{\"bytes\":\"10G\"}        | bytes | invalid_value",
                "{\"enqueued_lines\":[]}    | enqueued_lines | invalid_type",
                "{\"batches_per_hour\":{}}  | batches_per_hour | invalid_type"
            })
    void shouldRefuse(String body, String param, String code) throws Exception {
        Api.Answer answer = operator.post("/v1/tenants/" + tenant + "/limits", body);

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.error().getString("param")).isEqualTo(param);
        assertThat(answer.error().getString("code")).isEqualTo(code);
    }

    @Test
    void shouldLetTheOperatorAloneSetLimits() throws Exception {
        Api admin = new Api(
                operator.post("/v1/api_keys", "{\"name\":\"a\",\"tenant\":\"" + tenant + "\",\"scopes\":[\"admin\"]}")
                        .json()
                        .getString("value"));

        assertThat(admin.get("/v1/tenants/" + tenant + "/limits").status()).isEqualTo(200);
        assertThat(admin.post("/v1/tenants/" + tenant + "/limits", "{}").status())
                .isEqualTo(403);
        assertThat(admin.post("/v1/tenants/default/limits", "{}").status()).isEqualTo(404);
        assertThat(api.get("/v1/tenants/" + tenant + "/limits").status()).isEqualTo(403);
        assertThat(operator.get("/v1/tenants/nobody/limits").status()).isEqualTo(404);
        assertThat(operator.post("/v1/tenants/nobody/limits", "{}").status()).isEqualTo(404);
    }
}
