package dev.longhaul.dispatcher;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsCheckTest {
    @Test
    void theDefaultsWork() {
        assertThatCode(() -> SettingsCheck.check(config(Map.of()))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "lanes, 0, at least 1",
        "slice-lines, 0, at least 1",
        "slice-lines, 8193, at most 8192",
        "slice-length, 0, at least 1",
        "slice-bytes, 1048575, 'at least slice-length, 1048576'",
        "slice-bytes, -1, at least slice-length",
        "unsent-bytes, 0, at least 1",
        "answer-bytes, 0, at least 1",
        "tail-bytes, 0, at least 1",
        "hash-bytes, 63, at least 64",
        "unreadable-after, -1s, at least 0"
    })
    void whatCannotWorkIsRefusedByNameWithItsBound(String setting, String value, String bound) {
        assertThatThrownBy(() -> SettingsCheck.check(config(Map.of("longhaul.dispatcher." + setting, value))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("longhaul.dispatcher." + setting + ": must be " + bound)
                .hasMessageEndingWith("but is " + value.replace("s", ""));
    }

    private static DispatcherConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(DispatcherConfig.class)
                .withDefaultValues(settings)
                .build()
                .getConfigMapping(DispatcherConfig.class);
    }
}
