package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A request that is repeated with its {@code Idempotency-Key} makes one thing and is answered by it. Each test has a tenant of its own. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
class IdempotencyTest {
    private static final String KEY = "the-same";
    private static final String LARGE = Lines.ONE.repeat(1000);
    private static final String UPLOAD =
            "{\"filename\":\"a.jsonl\",\"purpose\":\"batch\",\"bytes\":2000000,\"mime_type\":\"x\"}";

    private final Api operator = Api.admin();
    private final String tenant = "once-" + UUID.randomUUID().toString().substring(0, 8);
    private Api api = operator;

    @Inject
    Database database;

    @BeforeEach
    void aTenant() throws Exception {
        Readiness.await();
        api = new Api(
                operator.post("/v1/api_keys", "{\"name\":\"n\",\"tenant\":\"" + tenant + "\",\"scopes\":[\"admin\"]}")
                        .json()
                        .getString("value"));
    }

    /** While batches wait, which nobody plans here, files that they would read stay; and so do parts of open uploads. */
    @AfterEach
    void leaveNothingOpen() {
        database.run(
                "update batch set status = 'failed', failed_at = now() where tenant_id = $1 and status = 'validating'",
                tenant);
        database.run("update upload set expires_at = now() where tenant_id = $1", tenant);
        await("the janitor comes often")
                .pollDelay(Duration.ZERO)
                .until(() -> database.run("select from upload where tenant_id = $1 and swept_at is null", tenant)
                                .size()
                        == 0);
    }

    /** Every operation that makes something. */
    private enum Creation {
        SMALL_FILE {
            @Override
            Request prepared(IdempotencyTest test) {
                return headers -> test.upload(Lines.ONE, headers);
            }
        },
        LARGE_FILE {
            @Override
            Request prepared(IdempotencyTest test) {
                return headers -> test.upload(LARGE, headers);
            }
        },
        UPLOAD {
            @Override
            Request prepared(IdempotencyTest test) {
                return headers -> test.api.post("/v1/uploads", IdempotencyTest.UPLOAD, headers);
            }
        },
        PART {
            @Override
            Request prepared(IdempotencyTest test) throws Exception {
                String upload =
                        test.api.post("/v1/uploads", IdempotencyTest.UPLOAD).id();
                return headers -> test.api.addPart(upload, Lines.noise(100_000), headers);
            }
        },
        BATCH {
            @Override
            Request prepared(IdempotencyTest test) {
                return headers -> test.api.post(
                        "/v1/batches", "{\"input_file_id\":\"file-x\",\"endpoint\":\"/v1/embeddings\"}", headers);
            }
        },
        RETRY {
            @Override
            Request prepared(IdempotencyTest test) throws Exception {
                String failed = test.failedBatch();
                return headers -> test.api.post("/v1/batches/" + failed + "/retry", "{}", headers);
            }
        },
        JOB {
            @Override
            Request prepared(IdempotencyTest test) {
                return headers -> test.api.post("/v1/jobs", "{\"name\":\"nightly\"}", headers);
            }
        },
        KEY {
            @Override
            Request prepared(IdempotencyTest test) {
                return headers -> test.api.post("/v1/api_keys", "{\"name\":\"n\"}", headers);
            }
        };

        abstract Request prepared(IdempotencyTest test) throws Exception;
    }

    private interface Request {
        Api.Answer send(String... headers) throws Exception;
    }

    private Api.Answer upload(String lines, String... headers) throws Exception {
        return api.upload(new Multipart().field("purpose", "batch").file("in.jsonl", lines), headers);
    }

    private String failedBatch() throws Exception {
        String id = api.post(
                        "/v1/batches",
                        "{\"input_file_id\":\"" + api.uploaded(Lines.ONE) + "\",\"endpoint\":\"/v1/embeddings\"}")
                .id();
        database.run("""
                insert into file (id, tenant_id, filename, purpose, bytes, state)
                select error_ref, tenant_id, 'e.jsonl', 'batch_output', 0, 'ready' from batch where id = $1""", id);
        database.run("""
                update batch set status = 'completed', finalizing_at = now(), completed_at = now(),
                  error_file_id = error_ref where id = $1""", id);
        return id;
    }

    @ParameterizedTest
    @EnumSource
    void shouldMakeOneOfRepeatsThatComeAtOnce(Creation creation) throws Exception {
        Request request = creation.prepared(this);

        List<JsonObject> answers = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Api.Answer>> repeats = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                repeats.add(clients.submit(() -> request.send("Idempotency-Key", KEY)));
            }
            for (Future<Api.Answer> repeat : repeats) {
                assertThat(repeat.get().status()).as(repeat.get().text()).isEqualTo(200);
                answers.add(repeat.get().json());
            }
        }

        // A key's secret is told once.
        assertThat(answers)
                .filteredOn(answer -> answer.remove("value") != null)
                .hasSize(creation == Creation.KEY ? 1 : 0);
        assertThat(answers).allMatch(answers.getFirst()::equals);
        assertThat(request.send("Idempotency-Key", "another").id())
                .isNotEqualTo(answers.getFirst().getString("id"));
    }

    /** Above 64 KiB a file is announced before its content is known, and so before its key can be answered. */
    @ParameterizedTest
    @EnumSource(names = {"SMALL_FILE", "LARGE_FILE", "UPLOAD"})
    void shouldAnswerARepeatThoughThereIsRoomForNoMore(Creation creation) throws Exception {
        Request request = creation.prepared(this);
        String first = request.send("Idempotency-Key", KEY).id();
        operator.post("/v1/tenants/" + tenant + "/limits", "{\"files\":0}");

        Api.Answer repeat = request.send("Idempotency-Key", KEY);
        Api.Answer another = request.send("Idempotency-Key", "another");

        assertThat(repeat.status()).as(repeat.text()).isEqualTo(200);
        assertThat(repeat.id()).isEqualTo(first);
        assertThat(another.status()).isEqualTo(429);
        assertThat(upload(LARGE + "x", "Idempotency-Key", KEY).status())
                .isEqualTo(creation == Creation.UPLOAD ? 429 : 409);
    }

    @Test
    void shouldAnswerARepeatedRetryThoughTheBatchThatWasRetriedIsDeleted() throws Exception {
        String failed = failedBatch();
        String path = "/v1/batches/" + failed + "/retry";
        JsonObject first = api.post(path, "{}", "Idempotency-Key", KEY).json();
        assertThat(api.delete("/v1/batches/" + failed).status()).isEqualTo(200);

        assertThat(api.post(path, "{}", "Idempotency-Key", KEY).json()).isEqualTo(first);
        assertThat(api.post(path, "{\"max_errors\":1}", "Idempotency-Key", KEY).status())
                .isEqualTo(409);
        assertThat(api.post(path, "{}", "Idempotency-Key", "another").status()).isEqualTo(404);
        assertThat(api.post(path, "{}").status()).isEqualTo(404);
    }

    @Test
    void shouldTakeTheKeyFromABodyAsFromTheHeader() throws Exception {
        String key = UUID.randomUUID().toString();
        for (String path : List.of("/v1/batches", "/v1/jobs", "/v1/uploads")) {
            String body = new JsonObject()
                    .put("input_file_id", "file-x")
                    .put("endpoint", "/v1/embeddings")
                    .put("filename", "in.jsonl")
                    .put("purpose", "batch")
                    .put("bytes", 10)
                    .put("mime_type", "x")
                    .put("idempotency_key", key)
                    .encode();

            Api.Answer first = api.post(path, body);

            assertThat(first.status()).as(first.text()).isEqualTo(200);
            assertThat(api.post(path, body).id()).isEqualTo(first.id());
            assertThat(api.post(path, body, "Idempotency-Key", key).id()).isEqualTo(first.id());
            Api.Answer other = api.post(path, body, "Idempotency-Key", "another");
            assertThat(other.status()).isEqualTo(400);
            assertThat(other.error().getString("param")).isEqualTo("idempotency_key");
            assertThat(api.post(path, body.replace(key, " ")).error().getString("param"))
                    .isEqualTo("idempotency_key");
        }
    }
}
