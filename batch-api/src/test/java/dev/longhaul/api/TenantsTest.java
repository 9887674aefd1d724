package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.buffer.Buffer;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class TenantsTest {
    private static final String OTHER_KEY = "sk-other-tenants-key";

    private final Api api = Api.admin();
    private final Api other = new Api(OTHER_KEY);

    @Inject
    Database database;

    @BeforeEach
    void anotherTenant() throws Exception {
        Readiness.await();
        database.run("insert into tenant (id, name) values ('other', 'other') on conflict do nothing");
        database.run(
                "insert into job (tenant_id, id, is_default) values ('other', 'job-other', true) on conflict do nothing");
        key(OTHER_KEY, null, null);
    }

    private void key(String key, @Nullable OffsetDateTime expiresAt, @Nullable OffsetDateTime revokedAt)
            throws Exception {
        database.run(
                """
                insert into api_key (id, tenant_id, name, hash, hint, scopes, expires_at, revoked_at)
                values ($1, 'other', 'k', $2, 'x', '{read,write}', $3, $4) on conflict do nothing""",
                key,
                Buffer.buffer(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8))),
                expiresAt,
                revokedAt);
    }

    @Test
    void shouldNotShowATenantWhatIsAnothers() throws Exception {
        String file = api.uploaded(Lines.ONE);
        String batch = api.post(
                        "/v1/batches", "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"/v1/chat/completions\"}")
                .id();

        assertThat(other.get("/v1/files/" + file).status()).isEqualTo(404);
        assertThat(other.get("/v1/files/" + file + "/content").status()).isEqualTo(404);
        assertThat(other.delete("/v1/files/" + file).status()).isEqualTo(404);
        assertThat(other.get("/v1/files").ids()).doesNotContain(file);
        assertThat(other.get("/v1/files?after=" + file).status()).isEqualTo(404);
        assertThat(other.get("/v1/batches/" + batch).status()).isEqualTo(404);
        for (String action : List.of("cancel", "pause", "resume", "retry")) {
            assertThat(other.post("/v1/batches/" + batch + "/" + action).status())
                    .as(action)
                    .isEqualTo(404);
        }
        for (String part : List.of("results", "errors", "results?follow=true")) {
            assertThat(other.get("/v1/batches/" + batch + "/" + part).status())
                    .as(part)
                    .isEqualTo(404);
        }
        assertThat(other.get("/v1/batches").ids()).doesNotContain(batch);
        assertThat(other.get("/v1/batches?after=" + batch).status()).isEqualTo(404);
        assertThat(api.get("/v1/batches/" + batch).json().getString("status")).isEqualTo("validating");
    }

    @Test
    void shouldTakeAForeignInputFileForAnUnknownOne() throws Exception {
        String file = api.uploaded(Lines.ONE);

        Api.Answer answer =
                other.post("/v1/batches", "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"/v1/chat/completions\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().getString("job_id")).isEqualTo("job-other");
        assertThat(database.run("select input_bytes from batch where id = $1", answer.id())
                        .iterator()
                        .next()
                        .getLong(0))
                .isZero();
    }

    @Test
    void shouldKeepTenantsIdempotencyKeysApart() throws Exception {
        String body = "{\"input_file_id\":\"f\",\"endpoint\":\"/v1/chat/completions\"}";

        String ours = api.post("/v1/batches", body, "Idempotency-Key", "shared").id();
        String theirs =
                other.post("/v1/batches", body, "Idempotency-Key", "shared").id();

        assertThat(theirs).isNotEqualTo(ours);
    }

    @ParameterizedTest
    @CsvSource({
        "'', You didn't provide an API key",
        "sk-unknown-key-0123456789, Incorrect API key provided: sk-unkno***6789.",
        "sk-x, Incorrect API key provided: ***.",
        "sk-expired-key-of-the-tests, Incorrect API key",
        "sk-revoked-key-of-the-tests, Incorrect API key"
    })
    void shouldLetNobodyInWithoutAValidKey(String key, String says) throws Exception {
        OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
        key("sk-expired-key-of-the-tests", now.minusSeconds(1), null);
        key("sk-revoked-key-of-the-tests", null, now);

        Api.Answer answer = new Api(key).get("/v1/batches");

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.error().getString("message")).startsWith(says);
        assertThat(answer.error().getString("code")).isEqualTo("invalid_api_key");
        assertThat(answer.error().getString("type")).isEqualTo("invalid_request_error");
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
    }

    @Test
    void shouldKnowKeysByTheirHashesAlone() {
        var row = database.run("select * from api_key where id = 'key-admin'")
                .iterator()
                .next();

        assertThat(row.deepToString()).doesNotContain(StackResource.ADMIN_KEY);
        assertThat(row.getString("hint")).isEqualTo("sk-admin***ests");
    }
}
