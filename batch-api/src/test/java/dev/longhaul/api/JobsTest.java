package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class JobsTest {
    private static final String NOBODYS_FILE = "{\"input_file_id\":\"file-none\",";

    private final Api api = Api.admin();
    private final String id = "job-" + UUID.randomUUID();

    @Inject
    Database database;

    @BeforeEach
    void waitUntilReady() {
        Readiness.await();
    }

    private JsonObject created(String more) throws Exception {
        Api.Answer answer = api.post("/v1/jobs", "{\"id\":\"" + id + "\"" + more + "}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void shouldAnswerAJobWithEveryKey() throws Exception {
        JsonObject job = created("""
                ,"name":"nightly","endpoint":"/v1/embeddings","model":"minilm","completion_window":"unlimited",
                "priority":7,"single_model":true,"limits":{"max_lines":1000},"something":{}""");

        assertThat(job).isEqualTo(new JsonObject("""
                        {"id":"%s","object":"job","name":"nightly","is_default":false,"endpoint":"/v1/embeddings",
                        "model":"minilm","completion_window":"unlimited","priority":7,"single_model":true,
                        "limits":{"max_lines":1000},"created_at":%d}""".formatted(id, job.getLong("created_at"))));
        assertThat(api.get("/v1/jobs/" + id).json()).isEqualTo(job);
    }

    @Test
    void shouldChooseAnIdWhenNoneIsSaid() throws Exception {
        JsonObject job = api.post("/v1/jobs", "{}").json();

        assertThat(job.getString("id")).matches("job-[0-9a-f]{32}");
        assertThat(job.fieldNames()).contains("name", "endpoint", "model", "completion_window");
        assertThat(job.getString("completion_window")).isNull();
        assertThat(job.getJsonObject("limits")).isEqualTo(new JsonObject().putNull("max_lines"));
    }

    @Test
    void shouldGiveABatchWhatItsRequestLeavesOut() throws Exception {
        created("""
                ,"endpoint":"/v1/embeddings","model":"minilm","completion_window":"48h","priority":-3,
                "single_model":true,"limits":{"max_lines":12}""");

        JsonObject batch = api.post("/v1/batches", NOBODYS_FILE + "\"job_id\":\"" + id + "\"}")
                .json();

        assertThat(batch.getString("job_id")).isEqualTo(id);
        assertThat(batch.getString("endpoint")).isEqualTo("/v1/embeddings");
        assertThat(batch.getString("completion_window")).isEqualTo("48h");
        assertThat(batch.getLong("expires_at") - batch.getLong("created_at")).isEqualTo(48 * 3600);
        var row = database.run(
                        "select priority, single_model, required_model, max_lines from batch where id = $1",
                        batch.getString("id"))
                .iterator()
                .next();
        assertThat(row.getInteger(0)).isEqualTo(-3);
        assertThat(row.getBoolean(1)).isTrue();
        assertThat(row.getString(2)).isEqualTo("minilm");
        assertThat(row.getLong(3)).isEqualTo(12);
    }

    @Test
    void shouldLetARequestSayMoreThanItsJob() throws Exception {
        created(",\"completion_window\":\"unlimited\"");
        String request = NOBODYS_FILE + "\"endpoint\":\"/v1/completions\",\"job_id\":\"" + id + "\"";

        JsonObject own = api.post("/v1/batches", request + ",\"completion_window\":\"1h\"}")
                .json();
        JsonObject jobs = api.post("/v1/batches", request + "}").json();

        assertThat(own.getString("completion_window")).isEqualTo("1h");
        assertThat(own.getLong("expires_at") - own.getLong("created_at")).isEqualTo(3600);
        assertThat(jobs.getString("completion_window")).isEqualTo("unlimited");
        assertThat(jobs.getLong("expires_at")).isEqualTo(4_102_444_800L);
    }

    @Test
    void shouldRefuseABatchOfAnotherEndpointThanItsJobs() throws Exception {
        created(",\"endpoint\":\"/v1/embeddings\"");

        Api.Answer answer =
                api.post("/v1/batches", NOBODYS_FILE + "\"endpoint\":\"/v1/completions\",\"job_id\":\"" + id + "\"}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().getString("param")).isEqualTo("endpoint");
        assertThat(answer.error().getString("code")).isEqualTo("invalid_value");
        assertThat(answer.error().getString("message"))
                .isEqualTo("Invalid value: '/v1/completions'. The job '" + id + "' is for '/v1/embeddings'.");
    }

    @Test
    void shouldNotTakeAnIdTwiceButAnswerARepeat() throws Exception {
        String body = "{\"id\":\"" + id + "\"}";
        JsonObject first = api.post("/v1/jobs", body, "Idempotency-Key", id).json();

        Api.Answer repeat = api.post("/v1/jobs", body, "Idempotency-Key", id);
        Api.Answer another = api.post("/v1/jobs", body);
        Api.Answer otherBody = api.post("/v1/jobs", "{}", "Idempotency-Key", id);

        assertThat(repeat.json()).isEqualTo(first);
        assertThat(another.status()).isEqualTo(409);
        assertThat(another.error().getString("param")).isEqualTo("id");
        assertThat(otherBody.status()).isEqualTo(409);
        assertThat(otherBody.error().getString("param")).isEqualTo("Idempotency-Key");
    }

    @Test
    void shouldKeepAJobWhileItsBatchesAreOpenAndGiveItsIdAwayAfterwards() throws Exception {
        created(",\"endpoint\":\"/v1/embeddings\"");
        String request = NOBODYS_FILE + "\"job_id\":\"" + id + "\"}";
        String batch = api.post("/v1/batches", request, "Idempotency-Key", id).id();

        Api.Answer inUse = api.delete("/v1/jobs/" + id);
        database.run("update batch set status = 'failed', failed_at = now() where id = $1", batch);
        Api.Answer deleted = api.delete("/v1/jobs/" + id);

        assertThat(inUse.status()).isEqualTo(409);
        assertThat(inUse.header("x-should-retry")).isEqualTo("false");
        assertThat(deleted.json())
                .isEqualTo(new JsonObject().put("id", id).put("object", "job").put("deleted", true));
        assertThat(api.get("/v1/jobs/" + id).status()).isEqualTo(404);
        assertThat(api.delete("/v1/jobs/" + id).status()).isEqualTo(404);
        assertThat(api.post("/v1/batches", request).status()).isEqualTo(404);
        assertThat(api.post("/v1/batches", request, "Idempotency-Key", id).id())
                .as("a repeat of a request from before")
                .isEqualTo(batch);
        assertThat(api.get("/v1/batches/" + batch).json().getString("job_id")).isEqualTo(id);
        assertThat(created("").getString("endpoint")).isNull();
    }

    @Test
    void shouldNotDeleteTheDefaultJob() throws Exception {
        String job = database.run("select id from job where tenant_id = 'default' and is_default")
                .iterator()
                .next()
                .getString(0);

        Api.Answer answer = api.delete("/v1/jobs/" + job);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(api.get("/v1/jobs/" + job).json().getBoolean("is_default")).isTrue();
    }

    @Test
    void shouldListNewestFirstAlsoPastADeletedJob() throws Exception {
        String older = api.post("/v1/jobs", "{}").id();
        String middle = api.post("/v1/jobs", "{}").id();
        String newer = api.post("/v1/jobs", "{}").id();

        Api.Answer first = api.get("/v1/jobs?limit=2");
        api.delete("/v1/jobs/" + middle);
        Api.Answer second = api.get("/v1/jobs?limit=1&after=" + middle);

        assertThat(first.ids()).containsExactly(newer, middle);
        assertThat(first.json().getBoolean("has_more")).isTrue();
        assertThat(first.json().getString("last_id")).isEqualTo(middle);
        assertThat(second.ids()).containsExactly(older);
        assertThat(api.get("/v1/jobs").ids()).doesNotContain(middle);
        assertThat(api.get("/v1/jobs?after=job-none").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "null",
            value = {
                "[]                              | null | invalid_type",
                "{\"id\":\"nightly\"}            | id | invalid_value",
                "{\"id\":\"job-\"}               | id | invalid_value",
                "{\"id\":\"job-a b\"}            | id | invalid_value",
                "{\"id\":\"job-ä\"}              | id | invalid_value",
                "{\"id\":7}                      | id | invalid_type",
                "{\"name\":[]}                   | name | invalid_type",
                "{\"name\":\"\\u0000\"}          | name | invalid_value",
                "{\"endpoint\":\"/v1/x\"}        | endpoint | invalid_value",
                "{\"model\":\" \"}               | model | invalid_value",
                "{\"completion_window\":\"1\"}   | completion_window | invalid_value",
                "{\"priority\":101}              | priority | integer_above_max_value",
                "{\"priority\":-101}             | priority | integer_below_min_value",
                "{\"priority\":1.5}              | priority | invalid_type",
                "{\"single_model\":\"yes\"}      | single_model | invalid_type",
                "{\"limits\":5}                  | limits | invalid_type",
                "{\"limits\":{\"max_lines\":0}}  | limits.max_lines | integer_below_min_value",
                "{\"limits\":{\"max_lines\":\"\"}} | limits.max_lines | invalid_type"
            })
    void shouldRefuse(String body, String param, String code) throws Exception {
        Api.Answer answer = api.post("/v1/jobs", body);

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.error().getString("param")).isEqualTo(param);
        assertThat(answer.error().getString("code")).isEqualTo(code);
    }
}
