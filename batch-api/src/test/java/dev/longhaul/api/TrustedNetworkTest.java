package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An installation that asks for no keys. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
@TestProfile(TrustedNetworkTest.NoKeys.class)
class TrustedNetworkTest {
    private final Api nobody = new Api("");

    static final String ORIGIN = "https://tools.example";

    /** The setting that this is about, a quota for everybody, the usual interval of the janitor, and an origin that is let in. */
    public static final class NoKeys implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "longhaul.access.mode",
                    "none",
                    "longhaul.quotas.bytes",
                    "1M",
                    "longhaul.files.janitor-interval",
                    "60s",
                    "quarkus.http.cors.enabled",
                    "true",
                    "quarkus.http.cors.origins",
                    ORIGIN);
        }
    }

    @BeforeEach
    void waitUntilReady() {
        Readiness.await();
    }

    @Test
    void shouldTakeARequestWithoutAKeyForTheDefaultTenants() throws Exception {
        String job = nobody.post("/v1/jobs", "{}").id();

        JsonObject batch = nobody.post(
                        "/v1/batches",
                        "{\"input_file_id\":\"file-x\",\"endpoint\":\"/v1/embeddings\",\"completion_window\":\"unlimited\",\"job_id\":\""
                                + job + "\"}")
                .json();

        assertThat(batch.getString("job_id")).isEqualTo(job);
        assertThat(batch.getLong("expires_at")).isEqualTo(4_102_444_800L);
        assertThat(new Api("sk-whatever")
                        .get("/v1/batches/" + batch.getString("id"))
                        .status())
                .isEqualTo(200);
        assertThat(nobody.get("/v1/api_keys").status()).isEqualTo(200);
        assertThat(nobody.get("/v1/limits").json().getString("tenant")).isEqualTo("default");
    }

    @Test
    void shouldTakeLimitsFromTheConfiguration() throws Exception {
        JsonObject bytes = nobody.get("/v1/limits").json().getJsonObject("bytes");

        assertThat(bytes.getLong("limit")).isEqualTo(1 << 20);
        assertThat(nobody.upload(new Multipart().field("purpose", "batch").file("in.jsonl", Lines.ONE.repeat(20_000)))
                        .status())
                .isEqualTo(429);
    }
}
