package dev.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longhaul.cli.local.Backend;
import dev.longhaul.cli.local.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class StackOptionsTest {
    private static final Settings RUNNING = new Settings(
            List.of(Backend.parse("gpu=http://gpu/v1", 1)), false, List.of("m"), 8, 2, 3, List.of("--slots", "4"));

    @Test
    void shouldKeepWhatIsNotSaid() {
        assertThat(options().applyTo(RUNNING, Map.of())).isEqualTo(RUNNING);
    }

    @Test
    void shouldChangeWhatIsSaid() {
        Settings changed =
                options("--dispatchers", "4", "--sim-args", " --latency-ms  5 ").applyTo(RUNNING, Map.of());

        assertThat(changed.dispatchers()).isEqualTo(4);
        assertThat(changed.simulatorArguments()).containsExactly("--latency-ms", "5");
        assertThat(changed.backends()).isEqualTo(RUNNING.backends());
    }

    @Test
    void shouldForgetTheModelsOfOtherBackends() {
        Settings changed =
                options("--backend", "http://a/v1", "--backend", "http://b/v1").applyTo(RUNNING, Map.of());

        assertThat(changed.backends()).extracting(Backend::name).containsExactly("backend-1", "backend-2");
        assertThat(changed.models()).isEmpty();
    }

    @Test
    void shouldGoBackToTheSimulatorOnRequest() {
        assertThat(options("--backend", "sim").applyTo(RUNNING, Map.of()).backends()).isEmpty();
    }

    @Test
    void shouldRefuseCountsOutOfBounds() {
        assertThatThrownBy(() -> options("--dispatchers", "0").applyTo(RUNNING, Map.of()))
                .isInstanceOf(CliException.class)
                .hasMessage("--dispatchers must be between 1 and 16, and is 0");
        assertThatThrownBy(() -> options("--max-in-flight", "0").applyTo(RUNNING, Map.of()))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("--max-in-flight");
    }

    @Test
    void shouldRefuseTwoBackendsOfOneName() {
        assertThatThrownBy(() -> options("--backend", "a=http://x", "--backend", "a=http://y")
                        .applyTo(RUNNING, Map.of()))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("'a' twice");
    }

    @Test
    void shouldRunTheSimulatorBesideOtherBackends() {
        Settings changed =
                options("--backend", "sim", "--backend", "gpu=http://gpu/v1").applyTo(Settings.DEFAULT, Map.of());

        assertThat(changed.simulator()).isTrue();
        assertThat(changed.backends()).extracting(Backend::name).containsExactly("gpu");
        assertThat(options().applyTo(changed, Map.of()).simulator()).isTrue();
        assertThat(options("--backend", "http://a/v1").applyTo(changed, Map.of()).simulator())
                .isFalse();
    }

    @Test
    void shouldRefuseABackendThatIsCalledAsTheSimulatorBesideIt() {
        assertThatThrownBy(() -> options("--backend", "sim", "--backend", "sim=http://x")
                        .applyTo(RUNNING, Map.of()))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("'sim' twice");
    }

    @Test
    void shouldKnowTheVariableOfAKeyAndNotTheKey() {
        Settings changed =
                options("--backend-key-env", "gpu=GPU_KEY").applyTo(RUNNING, Map.of("GPU_KEY", "sk-secret"));

        assertThat(changed.backends().getFirst().key()).isNotNull();
        assertThat(changed.toString()).contains("GPU_KEY").doesNotContain("sk-secret");
        assertThat(options("--backend-key-env", "GPU_KEY").applyTo(RUNNING, Map.of("GPU_KEY", "sk-secret")))
                .isEqualTo(changed);
    }

    @Test
    void shouldKeepAKeyThatIsNotInThisEnvironmentAndSeeThatItChanged() {
        Settings keyed = options("--backend-key-env", "GPU_KEY").applyTo(RUNNING, Map.of("GPU_KEY", "old"));

        assertThat(options().applyTo(keyed, Map.of())).isEqualTo(keyed);
        assertThat(options().applyTo(keyed, Map.of("GPU_KEY", "old"))).isEqualTo(keyed);
        assertThat(options().applyTo(keyed, Map.of("GPU_KEY", "new"))).isNotEqualTo(keyed);
    }

    @Test
    void shouldRefuseAKeyThatBelongsToNoBackendOrIsNotThere() {
        assertThatThrownBy(() -> options("--backend-key-env", "cpu=K").applyTo(RUNNING, Map.of("K", "k")))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("a backend 'cpu' that is not configured");
        assertThatThrownBy(() -> options("--backend-key-env", "gpu=K").applyTo(RUNNING, Map.of()))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("the environment has no K");
        assertThatThrownBy(() -> options("--backend", "http://a", "--backend", "http://b", "--backend-key-env", "K")
                        .applyTo(RUNNING, Map.of("K", "k")))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("must be NAME=VARIABLE");
        assertThatThrownBy(() -> options("--backend-key-env", "sk-12 34").applyTo(RUNNING, Map.of()))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("not the key itself")
                .hasMessageNotContaining("sk-12");
    }

    private static StackOptions options(String... arguments) {
        return CommandLine.populateCommand(new StackOptions(), arguments);
    }
}
