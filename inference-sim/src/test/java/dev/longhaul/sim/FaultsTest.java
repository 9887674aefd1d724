package dev.longhaul.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("NullAway.Init")
class FaultsTest {
    static Simulator simulator;

    Client client;

    @BeforeAll
    static void start() throws Exception {
        simulator = Simulator.start();
    }

    @AfterAll
    static void stop() {
        simulator.close();
    }

    @BeforeEach
    void reset() throws Exception {
        client = new Client(simulator);
        client.faults("{\"count_lines\":false}");
        client.send("DELETE", "/admin/counters", "");
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void shouldAnswerAfterTheLatency() throws Exception {
        client.faults("{\"latency_ms\":300,\"jitter_ms\":50}");

        var began = System.nanoTime();
        var answer = client.chat("x");

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void shouldRefuseWhatIsAboveTheSlots() throws Exception {
        client.faults("{\"slots\":1,\"retry_after_s\":7}");
        var slow = client.chatAsync("sim:latency=600000");
        awaitInFlight(1);

        var refused = client.chat("x");

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("retry-after")).hasValue("7");
        assertThat(Client.json(refused).at("/error/type").asText()).isEqualTo("rate_limit_error");
        assertThat(client.counters().path("max_in_flight").asInt()).isEqualTo(1);
        assertThat(slow).isNotDone();
    }

    @Test
    void shouldFreeTheSlotOfAClientThatWentAway() throws Exception {
        client.faults("{\"slots\":1}");
        try (var impatient = new Client(simulator)) {
            impatient.chatAsync("sim:latency=600000");
            awaitInFlight(1);
        }
        awaitInFlight(0);

        assertThat(client.chat("x").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldSendNoRetryAfterUnlessTold() throws Exception {
        client.faults("{\"error_rate\":1,\"error_status\":429}");

        assertThat(client.chat("x").headers().firstValue("retry-after")).isEmpty();
    }

    @Test
    void shouldFailWithTheStatusSet() throws Exception {
        client.faults("{\"error_rate\":1,\"error_status\":503,\"retry_after_s\":2}");

        var answer = client.chat("x");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).hasValue("2");
        assertThat(Client.json(answer).at("/error/type").asText()).isEqualTo("server_error");
    }

    @Test
    void shouldFailAtAboutTheRateSet() throws Exception {
        client.faults("{\"error_rate\":0.5}");
        for (var i = 0; i < 400; i++) {
            client.chat("x");
        }

        assertThat(client.counters().at("/by_status/500").asInt()).isBetween(120, 280);
    }

    @Test
    void shouldHangUntilTheClientGoes() throws Exception {
        client.faults("{\"hang_rate\":1}");
        try (var impatient = new Client(simulator)) {
            var hanging = impatient.chatAsync("x");
            awaitInFlight(1);
            assertThat(hanging).isNotDone();
        }

        awaitInFlight(0);
        assertThat(client.counters().path("hung").asInt()).isEqualTo(1);
    }

    @Test
    void shouldCutTheAnswerShort() throws Exception {
        client.faults("{\"cut_rate\":1}");

        assertThatThrownBy(() -> client.chat("x")).isInstanceOf(IOException.class);
        assertThat(client.counters().path("cut").asInt()).isPositive();
        assertThat(client.counters().path("in_flight").asInt()).isZero();
    }

    @Test
    void shouldAnswerGarbage() throws Exception {
        client.faults("{\"garbage_rate\":1}");

        var answer = client.chat("x");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> new ObjectMapper().readTree(answer.body()))
                .isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void shouldAnswerHuge() throws Exception {
        client.faults("{\"huge_rate\":1,\"huge_bytes\":20000000}");

        var answer = client.chat("x");

        assertThat(answer.body()).hasSize(20_000_000);
        assertThat(Client.json(answer).at("/choices/0/message/content").asText())
                .isEqualTo("Echo: x");
    }

    @Test
    void shouldStrikeOnlyWhatMatches() throws Exception {
        client.faults("{\"error_rate\":1,\"match\":\"poison\"}");

        assertThat(client.chat("a poisoned line").statusCode()).isEqualTo(500);
        assertThat(client.chat("a good line").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"sim:status=400,400", "sim:status=503 and text,503", "sim:latency=1 sim:status=429,429", "sim:x,200"})
    void shouldDoWhatTheRequestAsksFor(String text, int status) throws Exception {
        assertThat(client.chat(text).statusCode()).isEqualTo(status);
        assertThat(client.post("/v1/completions", "{\"model\":\"sim-chat\",\"prompt\":\"" + text + "\"}")
                        .statusCode())
                .isEqualTo(status);
        assertThat(client.post("/v1/embeddings", "{\"model\":\"sim-chat\",\"input\":[\"" + text + "\"]}")
                        .statusCode())
                .isEqualTo(status);
    }

    @Test
    void shouldShowReplaceAndAmendTheFaults() throws Exception {
        client.faults("{\"slots\":3,\"latency_ms\":5}");
        client.send("PATCH", "/admin/faults", "{\"latency_ms\":6,\"count_lines\":true}");

        var shown = Client.json(client.get("/admin/faults"));
        assertThat(shown.path("slots").asInt()).isEqualTo(3);
        assertThat(shown.path("latency_ms").asInt()).isEqualTo(6);
        assertThat(shown.path("count_lines").asBoolean()).isTrue();

        client.faults("{\"hang_rate\":0.5}");
        var replaced = Client.json(client.get("/admin/faults"));
        assertThat(replaced.path("slots").asInt()).isZero();
        assertThat(replaced.path("count_lines").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"error_rate":2}|'error_rate' must be between 0 and 1
            {"latency_ms":-1}|'latency_ms' must be between
            {"latency_ms":"5"}|'latency_ms'
            {"error_status":200}|'error_status' must be between 400 and 599
            {"eror_rate":0.1}|unknown field 'eror_rate'
            {"match":5}|'match'
            7|must be a JSON object
            """)
    void shouldNameWhatIsWrongWithTheFaults(String document, String message) throws Exception {
        var answer = client.send("PUT", "/admin/faults", document);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Client.json(answer).at("/error/message").asText()).contains(message);
    }

    private void awaitInFlight(int number) {
        await("in flight: " + number)
                .until(() -> client.counters().path("in_flight").asInt() == number);
    }
}
