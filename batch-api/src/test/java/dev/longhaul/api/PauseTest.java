package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class PauseTest {
    private final Api api = Api.admin();

    @Inject
    Database database;

    private String batch = "";

    @BeforeEach
    void aBatch() throws Exception {
        Readiness.await();
        batch = api.post("/v1/batches", "{\"input_file_id\":\"file-x\",\"endpoint\":\"/v1/chat/completions\"}")
                .id();
    }

    @Test
    void shouldPauseAndResumeOnceHoweverOftenItIsAsked() throws Exception {
        runs();

        JsonObject paused = api.post("/v1/batches/" + batch + "/pause").json();
        JsonObject again = api.post("/v1/batches/" + batch + "/pause").json();

        assertThat(paused.getString("status")).isEqualTo("in_progress");
        assertThat(paused.getLong("paused_at")).isPositive();
        assertThat(again).isEqualTo(paused);
        assertThat(version()).isEqualTo(2);
        JsonObject resumed = api.post("/v1/batches/" + batch + "/resume").json();
        assertThat(resumed.getLong("paused_at")).isNull();
        assertThat(resumed.getLong("expires_at")).isEqualTo(paused.getLong("expires_at"));
        assertThat(api.post("/v1/batches/" + batch + "/resume").json()).isEqualTo(resumed);
        assertThat(version()).isEqualTo(3);
    }

    @Test
    void shouldPauseABatchThatIsStillRead() throws Exception {
        JsonObject paused = api.post("/v1/batches/" + batch + "/pause").json();

        assertThat(paused.getString("status")).isEqualTo("validating");
        assertThat(paused.getLong("paused_at")).isPositive();
    }

    @Test
    void shouldCancelAPausedBatch() throws Exception {
        runs();
        api.post("/v1/batches/" + batch + "/pause");

        JsonObject cancelled = api.post("/v1/batches/" + batch + "/cancel").json();

        assertThat(cancelled.getString("status")).isEqualTo("cancelling");
        assertThat(cancelled.getString("stop_reason")).isEqualTo("cancelled");
        assertThat(cancelled.getLong("paused_at")).isNull();
        assertThat(api.post("/v1/batches/" + batch + "/resume").status()).isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pause", "resume"})
    void shouldRefuseABatchThatHasEnded(String action) throws Exception {
        database.run("update batch set status = 'failed', failed_at = now() where id = $1", batch);

        Api.Answer answer = api.post("/v1/batches/" + batch + "/" + action);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.error().getString("message"))
                .isEqualTo("Cannot " + action + " a batch with status 'failed'.");
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
    }

    @Test
    void shouldRefuseABatchWhoseWindowIsOver() throws Exception {
        runs();
        database.run("update batch set stop_reason = 'expired', stop_at = now() where id = $1", batch);

        Api.Answer answer = api.post("/v1/batches/" + batch + "/pause");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.error().getString("message")).contains("window is over");
    }

    @ParameterizedTest
    @CsvSource({"pause", "resume"})
    void shouldNotKnowABatchThatIsNotThere(String action) throws Exception {
        assertThat(api.post("/v1/batches/batch_none/" + action).status()).isEqualTo(404);
    }

    private void runs() {
        database.run("update batch set status = 'in_progress', in_progress_at = now() where id = $1", batch);
    }

    private int version() {
        return database.run("select version from batch where id = $1", batch)
                .iterator()
                .next()
                .getInteger(0);
    }
}
