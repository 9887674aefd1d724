package dev.longhaul.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlainProgressTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private long now;
    private final PlainProgress display =
            new PlainProgress(new PrintStream(written, true, StandardCharsets.UTF_8), () -> now);

    @Test
    void shouldPrintALineForEachStatusAndTheLastState() {
        display.show(new Progress("validating", 0, 0, 0));
        display.show(new Progress("validating", 0, 0, 0));
        display.show(new Progress("in_progress", 10, 0, 0));
        after(100).show(new Progress("in_progress", 10, 4, 1));
        after(100).show(new Progress("completed", 10, 8, 2));
        display.close();

        assertThat(lines())
                .containsExactly(
                        "validating",
                        "in_progress  0/10 lines (0 %)  0 failed",
                        "completed  10/10 lines (100 %)  50 lines/s  2 failed");
    }

    @Test
    void shouldPrintChangedCountsOnceASecond() {
        display.show(new Progress("in_progress", 1000, 0, 0));
        for (int i = 1; i <= 25; i++) {
            after(100).show(new Progress("in_progress", 1000, i * 10L, 0));
        }

        assertThat(lines())
                .containsExactly(
                        "in_progress  0/1,000 lines (0 %)  0 failed",
                        "in_progress  100/1,000 lines (10 %)  100 lines/s  ETA 9.0 s  0 failed",
                        "in_progress  200/1,000 lines (20 %)  100 lines/s  ETA 8.0 s  0 failed");
    }

    @Test
    void shouldPrintNothingWhileNothingChanges() {
        display.show(new Progress("in_progress", 10, 5, 0));
        after(60_000).show(new Progress("in_progress", 10, 5, 0));
        display.close();

        assertThat(lines()).hasSize(1);
    }

    private PlainProgress after(long millis) {
        now += Duration.ofMillis(millis).toNanos();
        return display;
    }

    private List<String> lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
