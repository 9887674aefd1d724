package dev.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longhaul.cli.local.SystemStatus;
import dev.longhaul.cli.local.SystemStatus.ProcessStatus;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusCommandTest {
    private static final SystemStatus STATUS = new SystemStatus(
            URI.create("http://127.0.0.1:8700/v1"),
            "sk-1",
            List.of(
                    new ProcessStatus("batch-api", 42L, true, 8700),
                    new ProcessStatus("batch-dispatcher-1", null, false, null)));

    @Test
    void shouldBeOneLineOfJsonForScripts() {
        assertThat(StatusCommand.toJson(STATUS))
                .isEqualTo("{\"api\":\"http://127.0.0.1:8700/v1\",\"api_key\":\"sk-1\",\"processes\":["
                        + "{\"name\":\"batch-api\",\"pid\":42,\"ready\":true,\"port\":8700},"
                        + "{\"name\":\"batch-dispatcher-1\",\"pid\":null,\"ready\":false,\"port\":null}]}");
    }

    @Test
    void shouldBeReadableForPeople() {
        assertThat(StatusCommand.toText(STATUS))
                .contains("batch-api              ready      process 42")
                .contains("batch-dispatcher-1     stopped");
    }
}
