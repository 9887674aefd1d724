package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WaitingTest {
    @Test
    void readsWhatItWrote() {
        Map<Integer, Waiting> lines = Map.of(0, new Waiting(1, 0), 511, new Waiting(4, 1_800_000_000_000L));

        assertThat(Waiting.decode(new JsonObject(Waiting.encode(lines)))).isEqualTo(lines);
    }

    @Test
    void noLineIsNoValue() {
        assertThat(Waiting.encode(Map.of())).isNull();
        assertThat(Waiting.decode(null)).isEmpty();
    }
}
