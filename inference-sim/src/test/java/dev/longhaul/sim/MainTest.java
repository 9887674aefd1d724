package dev.longhaul.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MainTest {

    @Test
    void shouldSayThatItsPortIsTaken() throws Exception {
        try (var running = Simulator.start()) {
            var process = start("--port", String.valueOf(running.port()));

            assertThat(process.inputReader().readLine())
                    .isEqualTo("inference-sim: port " + running.port() + " on 127.0.0.1 is taken");
            assertThat(process.waitFor()).isEqualTo(1);
        }
    }

    @Test
    void shouldNameAWrongFlag() throws Exception {
        var process = start("--port", "1", "--error-rate", "7");

        assertThat(process.inputReader().readLine()).contains("'error_rate' must be between 0 and 1");
        assertThat(process.waitFor()).isEqualTo(1);
    }

    private static Process start(String... flags) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(flags));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
