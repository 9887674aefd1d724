package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.store.Database;
import dev.longhaul.store.FileErasure;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class RetryTest {
    private final Api api = Api.admin();

    @Inject
    Database database;

    @Inject
    FileErasure erasure;

    private String file = "";
    private String batch = "";

    /** Nobody plans them here, and while they wait the files that they would read stay. */
    @AfterEach
    void endRetries() {
        database.run("""
                update batch set status = 'cancelled', cancelling_at = now(), cancelled_at = now()
                where retry_of is not null and status in ('validating', 'in_progress')""");
    }

    @BeforeEach
    void aBatchWithAFailedLine() throws Exception {
        Readiness.await();
        file = api.uploaded(Lines.ONE);
        batch = api.post("/v1/batches", """
                {"input_file_id":"%s","endpoint":"/v1/chat/completions","completion_window":"3h","job_name":"nightly",
                "metadata":{"a":"b"},"max_errors":"5%%","output_expires_after":{"anchor":"created_at","seconds":7200}}""".formatted(file)).id();
        database.run("""
                insert into file (id, tenant_id, filename, purpose, bytes, state)
                select error_ref, tenant_id, 'e.jsonl', 'batch_output', 3, 'ready' from batch where id = $1""", batch);
        database.run(
                "insert into file_segment (file_id, seq, bytes, inline) select error_ref, 0, 3, $2 from batch where id = $1",
                batch,
                Buffer.buffer("{}\n"));
        database.run("""
                update batch set status = 'completed', in_progress_at = now(), finalizing_at = now(), completed_at = now(),
                  lines_total = 1, lines_failed = 1, error_file_id = error_ref where id = $1""", batch);
    }

    @Test
    void shouldMakeABatchOfTheFailedLines() throws Exception {
        Api.Answer answer = api.post("/v1/batches/" + batch + "/retry");

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        JsonObject retry = answer.json();
        assertThat(retry.getString("id")).isNotEqualTo(batch);
        assertThat(retry.getString("status")).isEqualTo("validating");
        assertThat(retry.getString("retry_of")).isEqualTo(batch);
        assertThat(retry.getString("input_file_id")).isEqualTo(file);
        assertThat(retry.getString("endpoint")).isEqualTo("/v1/chat/completions");
        assertThat(retry.getString("completion_window")).isEqualTo("3h");
        assertThat(retry.getLong("expires_at")).isEqualTo(retry.getLong("created_at") + 3 * 3600);
        assertThat(retry.getString("job_name")).isEqualTo("nightly");
        assertThat(retry.getJsonObject("metadata")).isEqualTo(new JsonObject("{\"a\":\"b\"}"));
        assertThat(retry.getString("max_errors")).isNull();
        assertThat(api.get("/v1/batches/" + retry.getString("id")).json()).isEqualTo(retry);
        var row = database.run("select * from batch where id = $1", retry.getString("id"))
                .iterator()
                .next();
        assertThat(row.getString("retry_file_id")).isEqualTo(errorFile());
        assertThat(row.getArrayOfStrings("retry_codes")).isNull();
        assertThat(row.getInteger("output_expires_after")).isEqualTo(7_200);
        assertThat(row.getLong("input_bytes")).isEqualTo(Lines.ONE.length());
    }

    @Test
    void shouldTakeWhatTheRequestSays() throws Exception {
        JsonObject retry = api.post("/v1/batches/" + batch + "/retry", """
                        {"error_codes":["429","batch_expired"],"completion_window":"1h","metadata":{"c":"d"},"max_errors":3}""").json();

        assertThat(retry.getString("completion_window")).isEqualTo("1h");
        assertThat(retry.getJsonObject("metadata")).isEqualTo(new JsonObject("{\"c\":\"d\"}"));
        assertThat(retry.getString("max_errors")).isEqualTo("3");
        assertThat(database.run("select retry_codes from batch where id = $1", retry.getString("id"))
                        .iterator()
                        .next()
                        .getArrayOfStrings(0))
                .containsExactly("429", "batch_expired");
    }

    @Test
    void shouldAnswerARepeatWithTheFirstBatch() throws Exception {
        String first = api.post("/v1/batches/" + batch + "/retry", "{}", "Idempotency-Key", batch)
                .id();
        api.delete("/v1/files/" + errorFile());

        assertThat(api.post("/v1/batches/" + batch + "/retry", "{}", "Idempotency-Key", batch)
                        .id())
                .isEqualTo(first);
        assertThat(api.post("/v1/batches/" + batch + "/retry", "{\"error_codes\":[\"x\"]}", "Idempotency-Key", batch)
                        .status())
                .isEqualTo(409);
    }

    @Test
    void shouldKeepTheErrorFilesBytesUntilTheyAreRead() throws Exception {
        String retry = api.post("/v1/batches/" + batch + "/retry").id();
        String errors = errorFile();
        api.delete("/v1/files/" + errors);

        assertThat(erasure.toErase()).doesNotContain(errors);
        database.run("update batch set status = 'in_progress', in_progress_at = now() where id = $1", retry);
        assertThat(database.run("select 1 from file where id = $1 and erased_at is not null", errors)
                                .size()
                        + (erasure.toErase().contains(errors) ? 1 : 0))
                .isEqualTo(1);
    }

    @Test
    void shouldRefuseABatchThatHasNothingToRetry() throws Exception {
        String running = api.post(
                        "/v1/batches", "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"/v1/chat/completions\"}")
                .id();
        assertConflict(running, "Cannot retry a batch with status 'validating'.");
        database.run("""
                update batch set status = 'completed', finalizing_at = now(), completed_at = now() where id = $1""", running);
        assertConflict(running, "Cannot retry a batch without an error file.");
        api.delete("/v1/files/" + errorFile());
        assertConflict(batch, "Cannot retry a batch whose error file or input file was deleted or has expired.");
        assertThat(api.post("/v1/batches/batch_none/retry").status()).isEqualTo(404);
    }

    @Test
    void shouldRefuseABatchWhoseInputFileIsGone() throws Exception {
        api.delete("/v1/files/" + file);

        assertConflict(batch, "Cannot retry a batch whose error file or input file was deleted or has expired.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error_codes\":\"x\"} | invalid_type | error_codes",
                "{\"error_codes\":[]} | empty_array | error_codes",
                "{\"error_codes\":[\"a\",429]} | invalid_type | error_codes[1]",
                "{\"completion_window\":\"1y\"} | invalid_value | completion_window",
                "{\"max_errors\":-1} | invalid_value | max_errors",
                "{\"metadata\":1} | invalid_type | metadata"
            })
    void shouldRefuseByName(String body, String code, String param) throws Exception {
        Api.Answer answer = api.post("/v1/batches/" + batch + "/retry", body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().getString("code")).isEqualTo(code);
        assertThat(answer.error().getString("param")).isEqualTo(param);
    }

    private void assertConflict(String id, String message) throws Exception {
        Api.Answer answer = api.post("/v1/batches/" + id + "/retry");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.error().getString("message")).isEqualTo(message);
    }

    private String errorFile() {
        return database.run("select error_ref from batch where id = $1", batch)
                .iterator()
                .next()
                .getString(0);
    }
}
