package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tools that run in a browser, where an origin is let in. */
@QuarkusTest
@QuarkusTestResource(StackResource.class)
@TestProfile(TrustedNetworkTest.NoKeys.class)
class CorsTest {
    private final Api api = new Api("");

    @BeforeEach
    void ready() {
        Readiness.await();
    }

    @Test
    void shouldLetTheOriginInThatIsConfigured() throws Exception {
        Api.Answer preflight = api.send(
                "OPTIONS",
                "/v1/batches",
                BodyPublishers.noBody(),
                "Origin",
                TrustedNetworkTest.ORIGIN,
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization,content-type,idempotency-key");
        Api.Answer answer = api.get("/v1/files", "Origin", TrustedNetworkTest.ORIGIN);

        assertThat(preflight.status()).isEqualTo(200);
        assertThat(preflight.header("access-control-allow-origin")).isEqualTo(TrustedNetworkTest.ORIGIN);
        assertThat(preflight.header("access-control-allow-methods")).contains("POST");
        assertThat(preflight.header("access-control-allow-headers")).contains("authorization", "idempotency-key");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("access-control-allow-origin")).isEqualTo(TrustedNetworkTest.ORIGIN);
        assertThat(answer.header("access-control-expose-headers")).contains("x-request-id");
    }

    @Test
    void shouldLetNoOtherOriginIn() throws Exception {
        Api.Answer answer = api.get("/v1/files", "Origin", "https://elsewhere.example");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.header("access-control-allow-origin")).isEqualTo("(none)");
    }
}
