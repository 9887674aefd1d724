package dev.longhaul.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What one process writes down for a tenant, and another keeps to. */
@SystemTest
class TenantTest {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static Api tenant(Tester tester, String id) {
        JsonNode key = tester.api().post("/api_keys", "{\"name\":\"test\",\"tenant\":\"" + id + "\"}");
        return new Api(tester.stack().status().api(), key.path("value").asText());
    }

    private static Batch end(Api api, int lines, String more) {
        String file = api.upload(ChatLines.of(lines).bytes());
        String id = api.post(
                        "/batches",
                        "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"/v1/chat/completions\"" + more + "}")
                .path("id")
                .asText();
        Batch ended = api.await(id, POLL, LIMIT, Batch::ended);
        Tester.readStrictly(api, ended);
        return ended;
    }

    private static String problem(Batch failed) {
        assertThat(failed.status()).as(failed.json().toString()).isEqualTo("failed");
        return failed.json().path("errors").path("data").path(0).path("code").asText();
    }

    @Test
    void aBatchOfAnotherTenantRunsLikeAny(Tester tester) {
        Api api = tenant(tester, "tenant-test-any");

        Batch ended = end(api, 20, "");

        assertThat(ended.status()).isEqualTo("completed");
        assertThat(ResultCheck.of(api, ended, 20).output()).isEqualTo(20);
    }

    @Test
    void aBatchThatOverfillsItsTenantsQueueFails(Tester tester) {
        Api api = tenant(tester, "tenant-test-queue");
        tester.api().post("/tenants/tenant-test-queue/limits", "{\"enqueued_lines\":5}");

        assertThat(problem(end(api, 6, ""))).isEqualTo("line_limit_exceeded");
        assertThat(end(api, 5, "").completed()).isEqualTo(5);
    }

    @Test
    void aBatchKeepsToWhatItsJobSays(Tester tester) {
        Api api = tenant(tester, "tenant-test-job");
        String small =
                api.post("/jobs", "{\"limits\":{\"max_lines\":2}}").path("id").asText();
        String other = api.post("/jobs", "{\"model\":\"another\"}").path("id").asText();
        String right = api.post("/jobs", "{\"model\":\"sim-chat\",\"limits\":{\"max_lines\":3}}")
                .path("id")
                .asText();

        assertThat(problem(end(api, 3, ",\"job_id\":\"" + small + "\""))).isEqualTo("too_many_tasks");
        assertThat(problem(end(api, 3, ",\"job_id\":\"" + other + "\""))).isEqualTo("mismatched_model");
        assertThat(end(api, 3, ",\"job_id\":\"" + right + "\"").completed()).isEqualTo(3);
    }

    @Test
    void aDeletedBatchTakesItsResultsAlongAndLeavesItsInput(Tester tester) {
        Api api = tenant(tester, "tenant-test-delete");
        Batch ended = end(api, 3, "");
        String input = ended.json().path("input_file_id").asText();

        api.delete("/batches/" + ended.id());

        assertThatThrownBy(() -> api.batch(ended.id()))
                .isInstanceOfSatisfying(
                        Api.Refused.class,
                        refused -> assertThat(refused.statusCode()).isEqualTo(404));
        JsonNode files = api.list("/files").path("data");
        assertThat(files).hasSize(1);
        assertThat(files.path(0).path("id").asText()).isEqualTo(input);
    }
}
