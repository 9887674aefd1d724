package dev.longhaul.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longhaul.cli.local.Backend;
import dev.longhaul.cli.local.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class StackOptionsTest {
    private static final Settings RUNNING = new Settings(
            List.of(Backend.parse("gpu=http://gpu/v1", 1)), List.of("m"), 8, 2, 3, List.of("--slots", "4"));

    @Test
    void shouldKeepWhatIsNotSaid() {
        assertThat(options().applyTo(RUNNING)).isEqualTo(RUNNING);
    }

    @Test
    void shouldChangeWhatIsSaid() {
        Settings changed =
                options("--dispatchers", "4", "--sim-args", " --latency-ms  5 ").applyTo(RUNNING);

        assertThat(changed.dispatchers()).isEqualTo(4);
        assertThat(changed.simulatorArguments()).containsExactly("--latency-ms", "5");
        assertThat(changed.backends()).isEqualTo(RUNNING.backends());
    }

    @Test
    void shouldForgetTheModelsOfOtherBackends() {
        Settings changed =
                options("--backend", "http://a/v1", "--backend", "http://b/v1").applyTo(RUNNING);

        assertThat(changed.backends()).extracting(Backend::name).containsExactly("backend-1", "backend-2");
        assertThat(changed.models()).isEmpty();
    }

    @Test
    void shouldGoBackToTheSimulatorOnRequest() {
        assertThat(options("--backend", "sim").applyTo(RUNNING).backends()).isEmpty();
    }

    @Test
    void shouldRefuseCountsOutOfBounds() {
        assertThatThrownBy(() -> options("--dispatchers", "0").applyTo(RUNNING))
                .isInstanceOf(CliException.class)
                .hasMessage("--dispatchers must be between 1 and 16, and is 0");
        assertThatThrownBy(() -> options("--max-in-flight", "0").applyTo(RUNNING))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("--max-in-flight");
    }

    @Test
    void shouldRefuseTwoBackendsOfOneName() {
        assertThatThrownBy(() -> options("--backend", "a=http://x", "--backend", "a=http://y")
                        .applyTo(RUNNING))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("'a' twice");
    }

    private static StackOptions options(String... arguments) {
        return CommandLine.populateCommand(new StackOptions(), arguments);
    }
}
