package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.store.Database;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(StackResource.class)
class KeysTest {
    private static final String BATCH = "{\"input_file_id\":\"file-none\",\"endpoint\":\"/v1/embeddings\"}";

    private final Api operator = Api.admin();
    private final String tenant = "t-" + UUID.randomUUID().toString().substring(0, 8);

    @Inject
    Database database;

    @BeforeEach
    void waitUntilReady() {
        Readiness.await();
    }

    private JsonObject created(String more) throws Exception {
        Api.Answer answer = operator.post("/v1/api_keys", "{\"name\":\"n\",\"tenant\":\"" + tenant + "\"" + more + "}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json();
    }

    private Api holder(String scopes) throws Exception {
        return new Api(created(",\"scopes\":" + scopes).getString("value"));
    }

    @Test
    void shouldShowAKeyOnceAndKeepItsHashAlone() throws Exception {
        JsonObject key = created(",\"expires_after\":{\"anchor\":\"created_at\",\"seconds\":3600}");
        String secret = key.getString("value");

        assertThat(secret).matches("sk-[A-Za-z0-9_-]{48}");
        assertThat(key.getLong("expires_at") - key.getLong("created_at")).isEqualTo(3600);
        JsonObject shown = new JsonObject()
                .put("id", key.getString("id"))
                .put("object", "api_key")
                .put("name", "n")
                .put("tenant", tenant)
                .put("scopes", new JsonArray().add("read").add("write"))
                .put("redacted_value", secret.substring(0, 8) + "***" + secret.substring(47))
                .put("created_at", key.getLong("created_at"))
                .put("expires_at", key.getLong("expires_at"));
        assertThat(operator.get("/v1/api_keys/" + key.getString("id")).json()).isEqualTo(shown);
        assertThat(operator.get("/v1/api_keys?tenant=" + tenant).data()).containsExactly(shown);
        assertThat(database.run("select * from api_key where id = $1", key.getString("id"))
                        .iterator()
                        .next()
                        .deepToString())
                .doesNotContain(secret);
    }

    @Test
    void shouldMakeATenantWithItsFirstKey() throws Exception {
        Api first = new Api(created("").getString("value"));
        Api second = new Api(created("").getString("value"));

        String batch = first.post("/v1/batches", BATCH).id();

        assertThat(second.get("/v1/batches").ids()).containsExactly(batch);
        assertThat(first.get("/v1/jobs").data()).hasSize(1);
        assertThat(operator.get("/v1/batches/" + batch).status()).isEqualTo(404);
    }

    @Test
    void shouldLetAKeyDoWhatItsScopesSay() throws Exception {
        Api reader = holder("[\"read\"]");
        Api writer = holder("[\"write\"]");

        assertThat(reader.get("/v1/batches").status()).isEqualTo(200);
        assertThat(writer.post("/v1/batches", BATCH).status()).isEqualTo(200);
        assertThat(missing(reader.post("/v1/batches", BATCH))).isEqualTo("write");
        assertThat(missing(reader.delete("/v1/files/file-x"))).isEqualTo("write");
        assertThat(missing(reader.post("/v1/batches/batch_x/cancel"))).isEqualTo("write");
        assertThat(missing(reader.upload(new Multipart().field("purpose", "batch"))))
                .isEqualTo("write");
        assertThat(missing(writer.get("/v1/batches"))).isEqualTo("read");
        assertThat(missing(writer.get("/v1/files/file-x/content"))).isEqualTo("read");
        assertThat(missing(writer.get("/v1/api_keys"))).isEqualTo("admin");
        assertThat(missing(writer.delete("/v1/api_keys/key-admin"))).isEqualTo("admin");
        assertThat(writer.send("HEAD", "/v1/files/file-x/content", BodyPublishers.noBody())
                        .status())
                .isEqualTo(403);
    }

    private static String missing(Api.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(403);
        assertThat(answer.error().getString("type")).isEqualTo("invalid_request_error");
        assertThat(answer.error().getString("code")).isEqualTo("insufficient_permissions");
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
        return answer.error().getString("message").replaceFirst(".*Missing scopes: (\\w+)\\..*", "$1");
    }

    @Test
    void shouldConfineATenantsAdminToItsTenant() throws Exception {
        Api admin = holder("[\"admin\"]");
        String operators =
                operator.post("/v1/api_keys", "{\"name\":\"theirs\"}").id();

        Api.Answer own = admin.post("/v1/api_keys", "{\"name\":\"mine\"}");
        Api.Answer others = admin.post("/v1/api_keys", "{\"name\":\"x\",\"tenant\":\"default\"}");

        assertThat(own.json().getString("tenant")).isEqualTo(tenant);
        assertThat(others.status()).isEqualTo(403);
        assertThat(admin.get("/v1/api_keys").ids()).contains(own.id()).doesNotContain(operators, "key-admin");
        assertThat(admin.get("/v1/api_keys?tenant=default").status()).isEqualTo(404);
        assertThat(admin.get("/v1/api_keys?after=" + operators).status()).isEqualTo(404);
        assertThat(admin.get("/v1/api_keys/" + operators).status()).isEqualTo(404);
        assertThat(admin.delete("/v1/api_keys/" + operators).status()).isEqualTo(404);
        assertThat(admin.delete("/v1/api_keys/key-admin").status()).isEqualTo(404);
        assertThat(operator.get("/v1/api_keys").ids()).contains(own.id(), operators);
    }

    @Test
    void shouldLetARevokedKeyNoLongerIn() throws Exception {
        JsonObject key = created("");
        Api holder = new Api(key.getString("value"));
        assertThat(holder.get("/v1/batches").status()).isEqualTo(200);

        Api.Answer revoked = operator.delete("/v1/api_keys/" + key.getString("id"));

        assertThat(revoked.json())
                .isEqualTo(new JsonObject()
                        .put("id", key.getString("id"))
                        .put("object", "api_key")
                        .put("deleted", true));
        assertThat(holder.get("/v1/batches").status()).isEqualTo(401);
        assertThat(operator.get("/v1/api_keys/" + key.getString("id")).status()).isEqualTo(404);
        assertThat(operator.delete("/v1/api_keys/" + key.getString("id")).status())
                .isEqualTo(404);
        assertThat(operator.get("/v1/api_keys?after=" + key.getString("id")).status())
                .as("still a cursor")
                .isEqualTo(200);
    }

    @Test
    void shouldNoticeWithinSecondsWhatAnotherProcessRevokedOrTimeEnded() throws Exception {
        JsonObject revoked = created("");
        JsonObject expiring = created("");
        Api first = new Api(revoked.getString("value"));
        Api second = new Api(expiring.getString("value"));
        assertThat(first.get("/v1/batches").status()).isEqualTo(200);
        assertThat(second.get("/v1/batches").status()).isEqualTo(200);

        database.run("update api_key set revoked_at = now() where id = $1", revoked.getString("id"));
        database.run("update api_key set expires_at = now() where id = $1", expiring.getString("id"));

        await("what is known of keys is forgotten")
                .atMost(Duration.ofSeconds(8))
                .untilAsserted(() -> {
                    assertThat(first.get("/v1/batches").status()).isEqualTo(401);
                    assertThat(second.get("/v1/batches").status()).isEqualTo(401);
                });
    }

    @Test
    void shouldNotRevokeTheConfigurationsKey() throws Exception {
        Api.Answer answer = operator.delete("/v1/api_keys/key-admin");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.error().getString("message")).contains("LONGHAUL_ADMIN_KEY");
    }

    @Test
    void shouldAnswerARepeatWithTheFirstKeyButNotItsSecret() throws Exception {
        String body = "{\"name\":\"once\"}";
        JsonObject first =
                operator.post("/v1/api_keys", body, "Idempotency-Key", tenant).json();

        JsonObject again =
                operator.post("/v1/api_keys", body, "Idempotency-Key", tenant).json();

        assertThat(again).isEqualTo(first.copy().putNull("value"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "null",
            value = {
                "{}                                              | name | missing_required_parameter",
                "{\"name\":\" \"}                                | name | invalid_value",
                "{\"name\":\"n\",\"tenant\":\"A\"}               | tenant | invalid_value",
                "{\"name\":\"n\",\"tenant\":\"\"}                | tenant | invalid_value",
                "{\"name\":\"n\",\"tenant\":\"../x\"}            | tenant | invalid_value",
                "{\"name\":\"n\",\"scopes\":\"read\"}            | scopes | invalid_type",
                "{\"name\":\"n\",\"scopes\":[]}                  | scopes | invalid_value",
                "{\"name\":\"n\",\"scopes\":[\"read\",5]}        | scopes[1] | invalid_type",
                "{\"name\":\"n\",\"scopes\":[\"root\"]}          | scopes[0] | invalid_value",
                "{\"name\":\"n\",\"expires_after\":60}           | expires_after | invalid_type",
                "{\"name\":\"n\",\"expires_after\":{\"anchor\":\"now\",\"seconds\":1}} | expires_after.anchor | invalid_value",
                "{\"name\":\"n\",\"expires_after\":{\"anchor\":\"created_at\",\"seconds\":0}} | expires_after.seconds | integer_below_min_value"
            })
    void shouldRefuse(String body, String param, String code) throws Exception {
        Api.Answer answer = operator.post("/v1/api_keys", body);

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.error().getString("param")).isEqualTo(param);
        assertThat(answer.error().getString("code")).isEqualTo(code);
    }
}
