package dev.longhaul.finalizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(FinalizerServiceTest.Stack.class)
class FinalizerServiceTest {
    /** The stack of the other tests, with schema and topics. */
    public static final class Stack implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            return FinalizerTester.shared().stack.systemProperties();
        }

        @Override
        public void stop() {}
    }

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void shouldBecomeReadyAndNameWhatItDependsOn() throws Exception {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get("/q/health/ready").statusCode() == 200);
        assertThat(get("/q/health/ready").body()).contains("postgresql", "kafka", "s3", "results-loop");
        assertThat(get("/q/health/live").statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create(ConfigProvider.getConfig().getValue("test.url", String.class))
                .resolve(path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
