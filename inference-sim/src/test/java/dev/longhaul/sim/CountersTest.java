package dev.longhaul.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init")
class CountersTest {
    Simulator simulator;
    Client client;

    @BeforeEach
    void start() throws Exception {
        simulator = Simulator.start();
        client = new Client(simulator);
    }

    @AfterEach
    void stop() {
        client.close();
        simulator.close();
    }

    @Test
    void shouldCountRequestsByStatus() throws Exception {
        client.chat("x");
        client.chat("sim:status=418");
        client.post("/v1/chat/completions", "{");
        client.get("/v1/models");

        var counters = client.counters();
        assertThat(counters.path("requests").asInt()).isEqualTo(3);
        assertThat(counters.path("in_flight").asInt()).isZero();
        assertThat(counters.path("max_in_flight").asInt()).isEqualTo(1);
        assertThat(counters.path("by_status").toString()).isEqualTo("{\"200\":1,\"400\":1,\"418\":1}");
    }

    @Test
    void shouldCountCallsByUserElseByBody() throws Exception {
        client.faults("{\"count_lines\":true}");
        client.post("/v1/completions", "{\"model\":\"sim-chat\",\"prompt\":\"a\",\"user\":\"line \\\"7\\\"\"}");
        client.post("/v1/completions", "{\"model\":\"sim-chat\",\"prompt\":\"b\",\"user\":\"line \\\"7\\\"\"}");
        client.chat("x");
        client.chat("x");
        client.chat("y");

        var lines = Client.json(client.get("/admin/lines"));
        assertThat(lines.path("line \"7\"").asInt()).isEqualTo(2);
        assertThat(lines).hasSize(3);
        assertThat(lines.properties().stream()
                        .mapToInt(line -> line.getValue().asInt())
                        .sum())
                .isEqualTo(5);

        var detail = Client.json(client.get("/admin/lines?detail=true")).path("line \"7\"");
        assertThat(detail.path("calls").asInt()).isEqualTo(2);
        assertThat(detail.path("first_ms").asLong())
                .isPositive()
                .isLessThanOrEqualTo(detail.path("last_ms").asLong());
    }

    @Test
    void shouldStreamManyLinesAsOneObject() throws Exception {
        client.faults("{\"count_lines\":true}");
        for (var i = 0; i < 8000; i++) {
            client.post("/v1/completions", "{\"model\":\"sim-chat\",\"prompt\":\"a\",\"user\":\"line-" + i + "\"}");
        }

        assertThat(Client.json(client.get("/admin/lines?detail=true"))).hasSize(8000);
    }

    @Test
    void shouldCountNoLinesUnlessTold() throws Exception {
        client.chat("x");

        assertThat(client.get("/admin/lines").body()).isEqualTo("{}");
    }

    @Test
    void shouldForgetOnReset() throws Exception {
        client.faults("{\"count_lines\":true}");
        client.chat("x");

        client.send("DELETE", "/admin/counters", "");

        assertThat(client.counters().path("requests").asInt()).isZero();
        assertThat(client.counters().path("by_status")).isEmpty();
        assertThat(client.get("/admin/lines").body()).isEqualTo("{}");
    }
}
