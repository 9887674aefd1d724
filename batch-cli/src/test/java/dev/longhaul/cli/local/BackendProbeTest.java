package dev.longhaul.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.cli.api.FakeApi;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackendProbeTest {

    @Test
    void shouldNameTheBackendsThatDoNotAnswerAndTakeAnyAnswerForOne() throws IOException {
        try (FakeApi api = new FakeApi()) {
            Backend refusing = new Backend("refusing", api.url());
            Backend dead = Backend.parse("dead=http://127.0.0.1:1/v1", 1);

            assertThat(BackendProbe.unreachable(List.of(refusing, dead), Duration.ofMillis(300)))
                    .containsExactly(dead);
            assertThat(api.received("GET /v1/models")).isNotEmpty();
        }
    }
}
