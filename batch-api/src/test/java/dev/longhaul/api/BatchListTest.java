package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Filters of the list of batches, and their deletion. Each test has a tenant of its own. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class BatchListTest {
    private final String tenant = "list-" + UUID.randomUUID().toString().substring(0, 8);
    private Api api = Api.admin();

    @Inject
    Database database;

    @BeforeEach
    void aTenant() throws Exception {
        Readiness.await();
        api = new Api(Api.admin()
                .post("/v1/api_keys", "{\"name\":\"n\",\"tenant\":\"" + tenant + "\"}")
                .json()
                .getString("value"));
    }

    private String created(String more) throws Exception {
        Api.Answer answer =
                api.post("/v1/batches", "{\"input_file_id\":\"file-x\",\"endpoint\":\"/v1/embeddings\"" + more + "}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.id();
    }

    private void end(String id) {
        database.run("update batch set status = 'failed', failed_at = now() where id = $1", id);
    }

    private List<String> listed(String query) throws Exception {
        Api.Answer answer = api.get("/v1/batches?" + query);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.ids();
    }

    private static String metadata(String key, String value) {
        return URLEncoder.encode("metadata[" + key + "]", StandardCharsets.UTF_8) + "="
                + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    @Test
    void shouldListThoseOfAStatus() throws Exception {
        String failed = created("");
        String open = created("");
        end(failed);

        assertThat(listed("status=failed")).containsExactly(failed);
        assertThat(listed("status=validating")).containsExactly(open);
        assertThat(listed("status=completed")).isEmpty();
    }

    @Test
    void shouldListThoseOfAJob() throws Exception {
        String job = api.post("/v1/jobs", "{}").id();
        String own = created(",\"job_id\":\"" + job + "\"");
        created("");

        assertThat(listed("job_id=" + job)).containsExactly(own);
        assertThat(listed("job_id=job-none")).isEmpty();
    }

    @Test
    void shouldListThoseCreatedInARange() throws Exception {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String id = created("");
            database.run(
                    "update batch set created_at = to_timestamp($2) + interval '0.9 s' where id = $1",
                    id,
                    1_000_000.0 + i);
            ids.add(id);
        }

        assertThat(listed("created_after=1000001")).containsExactly(ids.get(2), ids.get(1));
        assertThat(listed("created_before=1000001")).containsExactly(ids.get(0));
        assertThat(listed("created_after=1000001&created_before=1000002")).containsExactly(ids.get(1));
    }

    @Test
    void shouldListThoseWithMetadata() throws Exception {
        String blue = created(",\"metadata\":{\"team\":\"blue\",\"run\":\"1\"}");
        String blueToo = created(",\"metadata\":{\"team\":\"blue\",\"run\":\"2\"}");
        String odd = created(",\"metadata\":{\"a b[]&=\\\"\":\"ü'%\\n\",\"\":\"\"}");
        created(",\"metadata\":{\"team\":\"red\"}");

        assertThat(listed(metadata("team", "blue"))).containsExactly(blueToo, blue);
        assertThat(listed(metadata("team", "blue") + "&" + metadata("run", "1")))
                .containsExactly(blue);
        assertThat(listed(metadata("team", "blue") + "&" + metadata("run", "3")))
                .isEmpty();
        assertThat(listed(metadata("a b[]&=\"", "ü'%\n"))).containsExactly(odd);
        assertThat(listed(metadata("", ""))).containsExactly(odd);
        assertThat(listed(metadata("tea", "mblue"))).isEmpty();
        end(blue);
        assertThat(listed(metadata("team", "blue") + "&status=failed&created_after=0"))
                .containsExactly(blue);
    }

    @ParameterizedTest
    @CsvSource({"''", "status=validating", "metadata%5Bk%5D=v", "created_after=0", "metadata%5Bk%5D=v&status=validating"
    })
    void shouldPageThroughManyOfOneInstantWithoutSkippingOrRepeating(String filter) throws Exception {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            ids.add(created(",\"metadata\":{\"k\":\"v\"}"));
        }
        database.run("update batch set created_at = to_timestamp(5e8) where tenant_id = $1", tenant);
        database.run("update batch_metadata set created_at = to_timestamp(5e8) where tenant_id = $1", tenant);

        List<String> seen = new ArrayList<>();
        JsonObject page;
        String after = "";
        do {
            page = api.get("/v1/batches?limit=2&" + filter + after).json();
            page.getJsonArray("data").forEach(batch -> seen.add(((JsonObject) batch).getString("id")));
            after = "&after=" + page.getString("last_id");
        } while (page.getBoolean("has_more"));

        assertThat(seen).hasSize(9).containsExactlyInAnyOrderElementsOf(ids);
    }

    @ParameterizedTest
    @CsvSource({
        "status=done, status, invalid_value",
        "job_id=%00, job_id, invalid_value",
        "created_after=yesterday, created_after, invalid_type",
        "created_before=1.5, created_before, invalid_type",
        "created_before=-1, created_before, integer_below_min_value",
        "created_before=99999999999999999999, created_before, integer_above_max_value",
        "metadata%5Ba%5D=1&metadata%5Ba%5D=2, metadata[a], invalid_value",
        "metadata%5Ba%5D=%00, metadata[a], invalid_value",
        "limit=0, limit, integer_below_min_value",
        "limit=-1, limit, integer_below_min_value",
        "limit=101, limit, integer_above_max_value",
        "limit=1000000000, limit, integer_above_max_value",
        "limit=99999999999999999999, limit, integer_above_max_value",
        "limit=1e9, limit, invalid_type",
        "limit=abc, limit, invalid_type"
    })
    void shouldRefuseAFilterThatIsNone(String query, String param, String code) throws Exception {
        Api.Answer answer = api.get("/v1/batches?" + query);

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.error().getString("param")).isEqualTo(param);
        assertThat(answer.error().getString("code")).isEqualTo(code);
    }

    @Test
    void shouldIgnoreQueryKeysThatNobodyKnows() throws Exception {
        String id = created("");

        assertThat(listed("order=asc&foo=bar&metadata=x")).containsExactly(id);
    }

    @Test
    void shouldDeleteABatchThatHasEndedWithItsResultsButNotItsInput() throws Exception {
        String input = api.uploaded(Lines.ONE);
        String id = created(",\"metadata\":{\"k\":\"v\"}");
        String output = api.uploaded(Lines.ONE);
        database.run("""
                update batch set status = 'completed', finalizing_at = now(), completed_at = now(), output_ref = $2,
                  output_file_id = $2, input_file_id = $3 where id = $1""", id, output, input);

        Api.Answer deleted = api.delete("/v1/batches/" + id);

        assertThat(deleted.json())
                .isEqualTo(new JsonObject().put("id", id).put("object", "batch").put("deleted", true));
        assertThat(api.get("/v1/batches/" + id).status()).isEqualTo(404);
        assertThat(api.delete("/v1/batches/" + id).status()).isEqualTo(404);
        assertThat(api.post("/v1/batches/" + id + "/cancel").status()).isEqualTo(404);
        assertThat(listed("")).isEmpty();
        assertThat(listed(metadata("k", "v"))).isEmpty();
        assertThat(api.get("/v1/files/" + output).status()).isEqualTo(404);
        assertThat(api.get("/v1/files/" + input).status()).isEqualTo(200);
        assertThat(database.run("select 1 from batch where id = $1 and metadata <> '{}'", id)
                        .size())
                .isZero();
    }

    @Test
    void shouldTakeADeletedBatchForACursor() throws Exception {
        String oldest = created("");
        String middle = created("");
        String newest = created("");
        end(middle);
        api.delete("/v1/batches/" + middle);

        assertThat(listed("after=" + middle)).containsExactly(oldest);
        assertThat(listed("after=" + newest)).containsExactly(oldest);
    }

    @Test
    void shouldSayOfARepeatThatItsBatchIsDeleted() throws Exception {
        String body = "{\"input_file_id\":\"file-x\",\"endpoint\":\"/v1/embeddings\"}";
        String id = api.post("/v1/batches", body, "Idempotency-Key", "k").id();
        end(id);
        api.delete("/v1/batches/" + id);

        Api.Answer repeat = api.post("/v1/batches", body, "Idempotency-Key", "k");

        assertThat(repeat.status()).isEqualTo(409);
        assertThat(repeat.error().getString("message")).contains("deleted");
    }

    @ParameterizedTest
    @CsvSource({"validating", "in_progress", "finalizing", "cancelling"})
    void shouldNotDeleteABatchThatHasNotEnded(String status) throws Exception {
        String id = created("");
        database.run(
                "update batch set status = $2, finalizing_at = now(), cancelling_at = now() where id = $1", id, status);

        Api.Answer answer = api.delete("/v1/batches/" + id);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.error().getString("message"))
                .isEqualTo("Cannot delete a batch with status '" + status + "'.");
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
        assertThat(api.get("/v1/batches/" + id).json().getString("status")).isEqualTo(status);
    }
}
