package dev.longhaul.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BarProgressTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private long now;
    private final BarProgress display =
            new BarProgress(new PrintStream(written, true, StandardCharsets.UTF_8), 120, () -> now);

    @Test
    void shouldShowTheStatusUntilTheNumberOfLinesIsKnown() {
        display.show(new Progress("validating", 0, 0, 0));

        assertThat(text()).contains("validating ...");
    }

    @Test
    void shouldShowLinesSpeedAndFailures() {
        display.show(new Progress("in_progress", 400, 0, 0));
        now = Duration.ofSeconds(2).toNanos();
        display.show(new Progress("completed", 400, 397, 3));
        display.close();

        assertThat(text()).contains("400/400").contains("100%").contains("200 lines/s, 3 failed");
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
