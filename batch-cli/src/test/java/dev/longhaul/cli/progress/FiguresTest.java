package dev.longhaul.cli.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void shouldWriteDurationsAsPeopleSayThem() {
        assertThat(Figures.duration(Duration.ofMillis(420))).isEqualTo("0.4 s");
        assertThat(Figures.duration(Duration.ofSeconds(59))).isEqualTo("59 s");
        assertThat(Figures.duration(Duration.ofSeconds(200))).isEqualTo("3 min 20 s");
        assertThat(Figures.duration(Duration.ofSeconds(7_500))).isEqualTo("2 h 5 min");
    }

    @Test
    void shouldWriteSpeedsWithTheDigitsThatMatter() {
        assertThat(Figures.speed(0.44)).isEqualTo("0.4 lines/s");
        assertThat(Figures.speed(12345.6)).isEqualTo("12,346 lines/s");
    }
}
