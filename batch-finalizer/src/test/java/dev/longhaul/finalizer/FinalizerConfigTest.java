package dev.longhaul.finalizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longhaul.finalizer.gather.GatherLimits;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FinalizerConfigTest {
    private static FinalizerConfig config(Map<String, String> properties) {
        return FinalizerTester.config(properties, FinalizerConfig.class).getConfigMapping(FinalizerConfig.class);
    }

    @Test
    void shouldHaveDefaultsThatFitTogether() {
        FinalizerConfig config = config(Map.of());
        assertThat(config.instance()).isEmpty();
        assertThat(config.keepFiles()).isEqualTo(Duration.ofDays(30));
        assertThat(Finalizer.limits(config)).isEqualTo(new GatherLimits(8 << 20, 64 << 10, 3_000, 24 << 20));
    }

    @Test
    void shouldReadSizesAndTimesInUnits() {
        FinalizerConfig config = config(Map.of(
                "longhaul.finalizer.segment-bytes", "1M",
                "longhaul.finalizer.hold-back", "250ms",
                "longhaul.finalizer.instance", "f-1"));
        assertThat(Finalizer.limits(config).segmentBytes()).isEqualTo(1 << 20);
        assertThat(Finalizer.limits(config).holdBackMillis()).isEqualTo(250);
        assertThat(config.instance()).contains("f-1");
    }

    @Test
    void shouldRefuseWhatDoesNotFitAndNameIt() {
        assertThatThrownBy(() -> Finalizer.limits(config(Map.of("longhaul.finalizer.inline-bytes", "9M"))))
                .hasMessageContaining("inline-bytes");
        assertThatThrownBy(() -> Finalizer.limits(config(Map.of("longhaul.finalizer.budget-bytes", "8M"))))
                .hasMessageContaining("budget-bytes");
        assertThatThrownBy(() -> Finalizer.limits(config(Map.of("longhaul.finalizer.segment-bytes", "0"))))
                .hasMessageContaining("segment-bytes");
    }
}
