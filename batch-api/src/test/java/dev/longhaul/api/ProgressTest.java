package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class ProgressTest {
    private final Api api = Api.admin();

    @Inject
    Database database;

    private String batch = "";

    /** 1,000 lines, 300 of them done, 100 at a dispatcher; and the last of these have sealed results. */
    @BeforeEach
    void aRunningBatch() throws Exception {
        Readiness.await();
        batch = api.post("/v1/batches", "{\"input_file_id\":\"file-x\",\"endpoint\":\"/v1/chat/completions\"}")
                .id();
        database.run("""
                update batch set status = 'in_progress', in_progress_at = now() - interval '10 min', model = 'm',
                  lines_total = 1000, lines_completed = 280, lines_failed = 20, input_tokens = 7, output_tokens = 8,
                  line_rate = 10, line_rate_at = now() where id = $1""", batch);
        slice(0, "claimed", "m");
        database.run("update slice set bitmap = '\\x03' where batch_id = $1", batch);
        slice(1, "pending", "m");
        slice(2, "pending", "n");
    }

    private void slice(int seq, String state, String model) {
        database.run("""
                insert into slice (batch_id, seq, byte_offset, byte_length, first_line, line_count, state, holder, model)
                values ($1, $2, 0, 1, 1, 102, $3, 'd', $4)""", batch, seq, state, model);
    }

    @AfterEach
    void noDispatcher() {
        database.run("delete from process where id in ('p1', 'p2')");
    }

    private void dispatcher(String id, String troubled) {
        database.run(
                "insert into process (id, kind, lease_until, troubled) values ($1, 'dispatcher', now() + interval '1 h', $2)",
                id,
                new JsonObject(troubled));
    }

    private JsonObject progress() throws Exception {
        return api.get("/v1/batches/" + batch).json().getJsonObject("progress");
    }

    private JsonObject waiting() throws Exception {
        return progress().getJsonObject("waiting");
    }

    private static JsonObject waiting(long queue, long backendDown, long rateLimited, long keyRefused, long paused) {
        return new JsonObject()
                .put("queue", queue)
                .put("backend_down", backendDown)
                .put("rate_limited", rateLimited)
                .put("key_refused", keyRefused)
                .put("paused", paused)
                .putNull("plan");
    }

    @Test
    void shouldSayHowFarABatchIs() throws Exception {
        JsonObject progress = progress();

        assertThat(progress.getDouble("lines_per_second")).isBetween(6.0, 10.0);
        long end = progress.getLong("estimated_end_at") - Instant.now().getEpochSecond();
        assertThat(end).isBetween(65L, 120L);
        assertThat(progress.getLong("input_tokens")).isEqualTo(7);
        assertThat(progress.getLong("output_tokens")).isEqualTo(8);
        assertThat(progress.getDouble("planned_share")).isEqualTo(1.0);
        assertThat(progress.getJsonObject("waiting")).isEqualTo(waiting(600, 0, 0, 0, 0));
        JsonObject listed = api.get("/v1/batches?limit=1").data().getJsonObject(0);
        assertThat(listed.getJsonObject("progress").getJsonObject("waiting")).isEqualTo(waiting(600, 0, 0, 0, 0));
    }

    @Test
    void shouldSayWhatItsLinesWaitFor() throws Exception {
        dispatcher("p1", "{\"down\":[\"m\"]}");
        assertThat(waiting()).isEqualTo(waiting(0, 600, 0, 0, 0));

        dispatcher("p2", "{}");
        assertThat(waiting()).isEqualTo(waiting(600, 0, 0, 0, 0));

        database.run("update process set troubled = '{\"limited\":[\"m\"]}' where id in ('p1', 'p2')");
        assertThat(waiting()).isEqualTo(waiting(0, 0, 600, 0, 0));

        database.run("update process set troubled = '{\"refused\":[\"m\"]}' where id in ('p1', 'p2')");
        assertThat(waiting()).isEqualTo(waiting(0, 0, 0, 600, 0));

        database.run("update process set troubled = '{\"limited\":[\"m\"]}' where id in ('p1', 'p2')");
        database.run("update batch set model = null where id = $1", batch);
        assertThat(waiting()).isEqualTo(waiting(300, 0, 300, 0, 0));

        api.post("/v1/batches/" + batch + "/pause");
        assertThat(waiting()).isEqualTo(waiting(0, 0, 0, 0, 600));
        assertThat(progress().getLong("estimated_end_at")).isNull();

        api.post("/v1/batches/" + batch + "/cancel");
        assertThat(waiting()).isEqualTo(waiting(0, 0, 0, 0, 0));
    }

    @Test
    void shouldSayWhatItsPlanWaitsForUntilItIsPlanned() throws Exception {
        database.run("update batch set plan_waits = 'models', plan_waits_since = now() where id = $1", batch);
        assertThat(waiting().getString("plan")).isNull();

        batch = api.post("/v1/batches", "{\"input_file_id\":\"file-x\",\"endpoint\":\"/v1/chat/completions\"}")
                .id();
        database.run("update batch set plan_waits = 'models', plan_waits_since = now() where id = $1", batch);
        assertThat(waiting().getString("plan")).isEqualTo("models");
    }

    @Test
    void shouldSayHowMuchOfTheFileIsRead() throws Exception {
        JsonObject created = api.post(
                        "/v1/batches", "{\"input_file_id\":\"file-x\",\"endpoint\":\"/v1/chat/completions\"}")
                .json();
        assertThat(created.getJsonObject("progress")).isEqualTo(new JsonObject("""
                        {"lines_per_second":0.0,"estimated_end_at":null,"input_tokens":0,"output_tokens":0,
                        "waiting":{"queue":0,"backend_down":0,"rate_limited":0,"key_refused":0,"paused":0,"plan":null},"planned_share":0.0}"""));
        batch = created.getString("id");
        database.run("update batch set input_bytes = 400, plan_bytes = 100 where id = $1", batch);
        assertThat(progress().getDouble("planned_share")).isEqualTo(0.25);
        database.run("update batch set status = 'failed', failed_at = now() where id = $1", batch);
        assertThat(progress().getDouble("planned_share")).isNull();
    }

    @Test
    void shouldSayHowFastABatchWas() throws Exception {
        database.run("""
                update batch set status = 'completed', finalizing_at = now(), completed_at = in_progress_at + interval '100 s',
                  lines_completed = 980, lines_failed = 20 where id = $1""", batch);

        assertThat(progress().getDouble("lines_per_second")).isEqualTo(10.0);
        assertThat(progress().getLong("estimated_end_at")).isNull();
    }

    @Test
    void shouldForgetASpeedThatIsOver() throws Exception {
        database.run("update batch set line_rate_at = now() - interval '3 min' where id = $1", batch);

        assertThat(progress().getDouble("lines_per_second")).isLessThan(0.01);
    }
}
