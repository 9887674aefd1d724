package dev.longhaul.dispatcher.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("NullAway.Init") // set before each test
class BackendProbeTest {
    private static final Vertx VERTX = Vertx.vertx();
    private ModelServer server;
    private Backend backend;
    private BackendProbe probe;

    @BeforeEach
    void aBackendWithoutConfiguredModels() throws IOException {
        server = new ModelServer();
        backend = new Backend("gpu", BackendTest.config(Map.of("url", server.url())));
        probe = new BackendProbe(VERTX, backend);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @AfterAll
    static void end() {
        VERTX.close();
    }

    @Test
    void theListFollowsTheBackend() throws Exception {
        server.names("a", "b");
        ask();
        assertThat(backend.served()).containsExactly("a", "b");
        assertThat(backend.wantsProbe()).isFalse();

        server.names("b", "c");
        ask();

        assertThat(backend.served()).containsExactly("b", "c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "401; {\"data\":[{\"id\":\"x\"}]}",
                "404; {}",
                "500; {}",
                "200; {}",
                "200; {\"data\":[]}",
                "200; []",
                "200; {\"data\":[7]}",
                "200; {\"data\":[{}]}",
                "200; welcome"
            })
    void whoAnswersSomethingElseIsUpKeepsItsListAndIsAskedLater(int status, String body) throws Exception {
        server.answers(status, body);
        ask();
        assertThat(backend.modelsKnown()).isFalse();
        assertThat(backend.isDown()).isFalse();
        assertThat(backend.wantsProbe()).isFalse();

        server.names("a");
        ask();
        server.answers(status, body);
        ask();

        assertThat(backend.served()).containsExactly("a");
    }

    private void ask() throws Exception {
        probe.ask().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
