package dev.longhaul.dispatcher.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longhaul.dispatcher.backend.BackendsConfig.BackendConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;

class BackendsEnvironmentTest {
    @Test
    void backendsWithAndWithoutAHyphenAreReadFromTheEnvironment() {
        Map<String, BackendConfig> backends = read(
                Map.of(
                        "LONGHAUL_BACKENDS_GPU_1_URL", "http://10.0.0.11:8000/v1",
                        "LONGHAUL_BACKENDS_GPU_1_MAX_IN_FLIGHT", "7",
                        "LONGHAUL_BACKENDS_GPU_1_API_KEY_ENV", "GPU_KEY",
                        "LONGHAUL_BACKENDS_VECTORS_URL", "http://10.0.0.13:8000/v1",
                        "LONGHAUL_BACKENDS_VECTORS_QUERY", "api-version=1",
                        "LONGHAUL_BACKENDS_A_B_C_URL", "http://c/v1"),
                Map.of());

        assertThat(backends).containsOnlyKeys("gpu-1", "vectors", "a-b-c");
        assertThat(of(backends, "gpu-1").url()).isEqualTo("http://10.0.0.11:8000/v1");
        assertThat(of(backends, "gpu-1").maxInFlight()).isEqualTo(7);
        assertThat(of(backends, "gpu-1").apiKeyEnv()).contains("GPU_KEY");
        assertThat(of(backends, "vectors").query()).isEqualTo(Optional.of("api-version=1"));
    }

    @Test
    void theEnvironmentComesBeforeAFile() {
        Map<String, BackendConfig> backends = read(
                Map.of("LONGHAUL_BACKENDS_GPU_1_TIMEOUT", "5s"),
                Map.of("longhaul.backends.gpu-1.url", "http://h/v1", "longhaul.backends.gpu-1.timeout", "9s"));

        assertThat(backends).containsOnlyKeys("gpu-1");
        assertThat(of(backends, "gpu-1").timeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void whatIsNoSettingIsRefusedByNameWithTheWayToWriteIt() {
        assertThatThrownBy(() -> new BackendsEnvironment(Map.of("LONGHAUL_BACKENDS_GPU_1_ADDRESS", "h")).requireKnown())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LONGHAUL_BACKENDS_GPU_1_ADDRESS")
                .hasMessageContaining("LONGHAUL_BACKENDS_NAME_KEY")
                .hasMessageContaining("max-in-flight");
        new BackendsEnvironment(Map.of("LONGHAUL_BACKENDS_GPU_RENAME_LARGE", "x", "LONGHAUL_KAFKA", "k"))
                .requireKnown();
    }

    @Test
    void everySettingOfABackendIsKnown() {
        List<String> settings = List.of(BackendConfig.class.getMethods()).stream()
                .map(method -> method.getName().replaceAll("([A-Z])", "_$1").toUpperCase(java.util.Locale.ROOT))
                .filter(setting -> !setting.equals("RENAME"))
                .toList();
        Map<String, String> environment = new HashMap<>();
        settings.forEach(setting -> environment.put("LONGHAUL_BACKENDS_X_" + setting, "1"));

        new BackendsEnvironment(environment).requireKnown();

        assertThat(new BackendsEnvironment(environment).getPropertyNames()).hasSameSizeAs(settings);
    }

    private static BackendConfig of(Map<String, BackendConfig> backends, String name) {
        return Objects.requireNonNull(backends.get(name));
    }

    private static Map<String, BackendConfig> read(Map<String, String> environment, Map<String, String> file) {
        return new SmallRyeConfigBuilder()
                .withMapping(BackendsConfig.class)
                .withConverter(Duration.class, 100, new DurationConverter())
                .withSources(new EnvConfigSource(environment, 300), new BackendsEnvironment(environment))
                .withSources(new ConfigSource[] {new io.smallrye.config.PropertiesConfigSource(file, "file", 250)})
                .build()
                .getConfigMapping(BackendsConfig.class)
                .backends();
    }
}
