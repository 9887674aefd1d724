package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.api.Faults.Fault;
import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * PostgreSQL fails, answers late or loses its answer at each statement and commit of a request in turn. Afterwards what the request
 * was for is whole or absent, and its repeat under the same {@code Idempotency-Key} tells the truth.
 */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class LostAnswersTest {
    private static final byte[] IN_OBJECTS = Lines.noise(70_000);
    /** Longer than an upload whose small parts stay in PostgreSQL. */
    private static final byte[] LARGE_PART = Lines.noise((1 << 20) + 1);

    private final Api api = Api.admin();

    @Inject
    Database database;

    @BeforeEach
    void ready() throws Exception {
        Readiness.await();
        // So that its key is known: looking it up is no step of the requests.
        api.get("/v1/files?limit=1");
    }

    @AfterEach
    void mended() {
        Faults.mend();
    }

    private interface Request {
        /** Sends it while the fault waits for its step. */
        Api.Answer send() throws Exception;
    }

    private interface Check {
        /** @param answer while something was broken */
        void check(Api.Answer answer) throws Exception;
    }

    /** What one request is, and what must hold after it. */
    private record Attempt(Request request, Check check) {}

    private interface Scenario {
        /** @param name unique to this attempt */
        Attempt prepare(String name) throws Exception;
    }

    private static void atEachStep(Fault fault, int leastSteps, Scenario scenario) throws Exception {
        for (int step = 1; ; step++) {
            Attempt attempt = scenario.prepare("lost-" + UUID.randomUUID());
            Faults.breakStep(step, fault);
            Api.Answer answer = attempt.request().send();
            if (!Faults.mend()) {
                assertThat(answer.status()).as(answer.text()).isEqualTo(200);
                assertThat(step).as("steps").isGreaterThan(leastSteps);
                return;
            }
            assertThat(answer.status()).as("step %d: %s", step, answer.text()).isIn(200, 503);
            try {
                attempt.check().check(answer);
            } catch (AssertionError e) {
                throw new AssertionError(fault + " at step " + step + ": " + e.getMessage(), e);
            }
        }
    }

    private static byte[] form(String name, byte[] bytes) {
        return new Multipart()
                .field("purpose", "batch")
                .file(name + ".jsonl", bytes)
                .bytes();
    }

    private Api.Answer sendForm(String path, byte[] form, String key) throws Exception {
        return api.send(
                "POST", path, BodyPublishers.ofByteArray(form), "Content-Type", Multipart.TYPE, "Idempotency-Key", key);
    }

    private List<String> filesNamed(String name) throws Exception {
        return api.get("/v1/files").data().stream()
                .map(file -> (JsonObject) file)
                .filter(file -> file.getString("filename").equals(name + ".jsonl"))
                .map(file -> file.getString("id"))
                .toList();
    }

    private void assertWhole(String fileId, byte[] bytes) throws Exception {
        Api.Answer content = api.get("/v1/files/" + fileId + "/content");
        assertThat(content.status()).as(content.text()).isEqualTo(200);
        assertThat(content.bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepAFileWholeOrNotAtAll(Fault fault) throws Exception {
        for (byte[] bytes : new byte[][] {IN_OBJECTS, Lines.noise(100)}) {
            atEachStep(fault, 4, name -> {
                byte[] form = form(name, bytes);
                return new Attempt(() -> sendForm("/v1/files", form, name), answer -> {
                    for (String id : filesNamed(name)) {
                        assertWhole(id, bytes);
                    }
                    Api.Answer repeat = sendForm("/v1/files", form, name);
                    assertThat(repeat.status()).as(repeat.text()).isEqualTo(200);
                    assertThat(answer.status() == 200 ? answer.id() : repeat.id())
                            .isEqualTo(repeat.id());
                    assertThat(filesNamed(name)).containsExactly(repeat.id());
                    assertWhole(repeat.id(), bytes);
                });
            });
        }
    }

    private String uploadOf(String name, byte[] bytes) throws Exception {
        return api.post("/v1/uploads", uploadBody(name, bytes).encode()).id();
    }

    private static JsonObject uploadBody(String name, byte[] bytes) {
        return new JsonObject()
                .put("filename", name + ".jsonl")
                .put("purpose", "batch")
                .put("bytes", bytes.length)
                .put("mime_type", "application/jsonl");
    }

    private Api.Answer complete(String upload, String part, String key) throws Exception {
        return api.post(
                "/v1/uploads/" + upload + "/complete", "{\"part_ids\":[\"" + part + "\"]}", "Idempotency-Key", key);
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepAPartWholeOrNotAtAll(Fault fault) throws Exception {
        byte[] form = new Multipart().data(LARGE_PART).bytes();
        atEachStep(fault, 6, name -> {
            String upload = uploadOf(name, LARGE_PART);
            String path = "/v1/uploads/" + upload + "/parts";
            return new Attempt(() -> sendForm(path, form, name), answer -> {
                Api.Answer repeat = sendForm(path, form, name);
                assertThat(repeat.status()).as(repeat.text()).isEqualTo(200);
                assertThat(answer.status() == 200 ? answer.id() : repeat.id()).isEqualTo(repeat.id());
                assertThat(database.run("select 1 from upload_part where upload_id = $1 and state = 'ready'", upload)
                                .size())
                        .isOne();
                Api.Answer completed = complete(upload, repeat.id(), name);
                assertThat(completed.status()).as(completed.text()).isEqualTo(200);
                assertWhole(filesNamed(name).getFirst(), LARGE_PART);
            });
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldCreateAnUploadOnce(Fault fault) throws Exception {
        atEachStep(fault, 3, name -> {
            String body = uploadBody(name, LARGE_PART).encode();
            return new Attempt(() -> api.post("/v1/uploads", body, "Idempotency-Key", name), answer -> {
                Api.Answer repeat = api.post("/v1/uploads", body, "Idempotency-Key", name);
                assertThat(repeat.status()).as(repeat.text()).isEqualTo(200);
                assertThat(answer.status() == 200 ? answer.id() : repeat.id()).isEqualTo(repeat.id());
                assertThat(database.run("select 1 from upload where filename = $1", name + ".jsonl")
                                .size())
                        .isOne();
            });
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldCompleteAnUploadWholeOrNotAtAll(Fault fault) throws Exception {
        atEachStep(fault, 8, name -> {
            String upload = uploadOf(name, IN_OBJECTS);
            String part = api.addPart(upload, IN_OBJECTS).id();
            return new Attempt(() -> complete(upload, part, name), answer -> {
                for (String id : filesNamed(name)) {
                    assertWhole(id, IN_OBJECTS);
                }
                Api.Answer repeat = complete(upload, part, name);
                assertThat(repeat.status()).as(repeat.text()).isEqualTo(200);
                assertThat(repeat.json().getString("status")).isEqualTo("completed");
                String file = repeat.json().getJsonObject("file").getString("id");
                assertThat(filesNamed(name)).containsExactly(file);
                assertWhole(file, IN_OBJECTS);
            });
        });
    }

    private static String batchBody(String file, String name) {
        return new JsonObject()
                .put("input_file_id", file)
                .put("endpoint", "/v1/chat/completions")
                .put("metadata", new JsonObject().put("name", name))
                .encode();
    }

    private long batchesNamed(String name) {
        return database.run("select count(*) from batch where metadata ->> 'name' = $1", name)
                .iterator()
                .next()
                .getLong(0);
    }

    private long outboxOf(String batchId) {
        return database.run("select count(*) from outbox where batch_id = $1", batchId)
                .iterator()
                .next()
                .getLong(0);
    }

    @ParameterizedTest
    @EnumSource
    void shouldCreateABatchOnce(Fault fault) throws Exception {
        String file = api.uploaded(Lines.ONE);
        atEachStep(
                fault,
                3,
                name -> new Attempt(
                        () -> api.post("/v1/batches", batchBody(file, name), "Idempotency-Key", name), answer -> {
                            Api.Answer repeat = api.post("/v1/batches", batchBody(file, name), "Idempotency-Key", name);
                            assertThat(repeat.status()).as(repeat.text()).isEqualTo(200);
                            assertThat(answer.status() == 200 ? answer.id() : repeat.id())
                                    .isEqualTo(repeat.id());
                            assertThat(batchesNamed(name)).isOne();
                            await("its event is published").until(() -> outboxOf(repeat.id()) == 0);
                        }));
    }

    /** A batch that ended with one failed line. */
    private String endedBatch(String name) throws Exception {
        String batch = api.post("/v1/batches", batchBody(api.uploaded(Lines.ONE), name))
                .id();
        database.run("""
                with f as (
                  insert into file (id, tenant_id, filename, purpose, bytes, state)
                  select error_ref, tenant_id, 'e.jsonl', 'batch_output', 3, 'ready' from batch where id = $1 returning id)
                insert into file_segment (file_id, seq, bytes, inline) select f.id, 0, 3, $2 from f""", batch, Buffer.buffer("{}\n"));
        database.run("""
                update batch set status = 'completed', in_progress_at = now(), finalizing_at = now(), completed_at = now(),
                  lines_total = 1, lines_failed = 1, error_file_id = error_ref where id = $1""", batch);
        return batch;
    }

    @ParameterizedTest
    @EnumSource
    void shouldRetryABatchOnce(Fault fault) throws Exception {
        atEachStep(fault, 3, name -> {
            String path = "/v1/batches/" + endedBatch(name) + "/retry";
            return new Attempt(() -> api.post(path, "{}", "Idempotency-Key", name), answer -> {
                Api.Answer repeat = api.post(path, "{}", "Idempotency-Key", name);
                assertThat(repeat.status()).as(repeat.text()).isEqualTo(200);
                assertThat(answer.status() == 200 ? answer.id() : repeat.id()).isEqualTo(repeat.id());
                assertThat(batchesNamed(name)).isEqualTo(2);
                database.run(
                        "update batch set status = 'cancelled', cancelling_at = now(), cancelled_at = now() where id = $1",
                        repeat.id());
            });
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldCancelABatchOnce(Fault fault) throws Exception {
        String file = api.uploaded(Lines.ONE);
        atEachStep(fault, 3, name -> {
            String path = "/v1/batches/"
                    + api.post("/v1/batches", batchBody(file, name)).id();
            return new Attempt(() -> api.post(path + "/cancel"), answer -> {
                Api.Answer now = api.get(path);
                assertThat(now.json().getString("status")).isIn("validating", "cancelling");
                assertThat(api.post(path + "/cancel").json().getString("status"))
                        .isEqualTo("cancelling");
                assertThat(database.run("select 1 from batch where metadata ->> 'name' = $1 and version = 2", name)
                                .size())
                        .isOne();
            });
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldDeleteAFileWithItsBytesOrNotAtAll(Fault fault) throws Exception {
        atEachStep(fault, 0, name -> {
            String id = sendForm("/v1/files", form(name, IN_OBJECTS), name).id();
            return new Attempt(() -> api.delete("/v1/files/" + id), answer -> {
                if (api.get("/v1/files/" + id).status() == 200) {
                    assertWhole(id, IN_OBJECTS);
                }
                assertThat(api.delete("/v1/files/" + id).status()).isIn(200, 404);
                assertThat(api.get("/v1/files/" + id).status()).isEqualTo(404);
                await("its bytes are erased")
                        .until(() -> database.run("select 1 from file_segment where file_id = $1", id)
                                        .size()
                                == 0);
            });
        });
    }

    @ParameterizedTest
    @EnumSource
    void shouldDeleteABatchWithItsResultsOrNotAtAll(Fault fault) throws Exception {
        atEachStep(fault, 4, name -> {
            String path = "/v1/batches/" + endedBatch(name);
            String errors = api.get(path).json().getString("error_file_id");
            return new Attempt(() -> api.delete(path), answer -> {
                boolean isThere = api.get(path).status() == 200;
                assertThat(api.get("/v1/files/" + errors).status()).isEqualTo(isThere ? 200 : 404);
                assertThat(api.delete(path).status()).isIn(200, 404);
                assertThat(api.get("/v1/files/" + errors).status()).isEqualTo(404);
            });
        });
    }
}
