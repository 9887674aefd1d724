package dev.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longhaul.store.Limits;
import dev.longhaul.store.LimitsConfig;
import dev.longhaul.store.Quota;
import dev.longhaul.store.Quotas;
import dev.longhaul.store.QuotasConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileLimitsTest {
    private static Limits limits(Map<String, String> properties) {
        return Limits.of(new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(LimitsConfig.class)
                .withSources(new PropertiesConfigSource(properties, "test", 500))
                .build()
                .getConfigMapping(LimitsConfig.class));
    }

    @Test
    void shouldBeOursWhenNothingIsSaid() {
        assertThat(limits(Map.of()))
                .isEqualTo(new Limits(50L << 30, 50L << 30, 50L << 30, 50_000_000, 32 << 20, Long.MAX_VALUE));
    }

    @Test
    void shouldBeOpenAisOnRequest() {
        assertThat(limits(Map.of("longhaul.limits.profile", "openai")))
                .isEqualTo(new Limits(200L << 20, 512L << 20, 8L << 30, 50_000, 32 << 20, 50_000));
    }

    private static Map<Quota, Long> quotas(LimitsConfig.Profile profile, Map<String, String> properties) {
        return Quotas.usual(
                new SmallRyeConfigBuilder()
                        .addDiscoveredConverters()
                        .withMapping(QuotasConfig.class)
                        .withSources(new PropertiesConfigSource(properties, "test", 500))
                        .build()
                        .getConfigMapping(QuotasConfig.class),
                profile);
    }

    @Test
    void shouldLimitNoTenantUnlessToldTo() {
        assertThat(quotas(LimitsConfig.Profile.LONGHAUL, Map.of()).values()).containsOnly(Quota.UNLIMITED);
    }

    @Test
    void shouldLimitTenantsAsOpenAiDoesOnRequest() {
        assertThat(quotas(LimitsConfig.Profile.OPENAI, Map.of()))
                .containsEntry(Quota.BATCHES_AN_HOUR, 2_000L)
                .containsEntry(Quota.BYTES, 2_748_779_069_440L)
                .containsEntry(Quota.FILES, Quota.UNLIMITED)
                .containsEntry(Quota.BATCHES, Quota.UNLIMITED)
                .containsEntry(Quota.LINES, Quota.UNLIMITED);
    }

    @Test
    void shouldTakeSingleQuotasFromTheConfiguration() {
        assertThat(quotas(
                        LimitsConfig.Profile.OPENAI,
                        Map.of(
                                "longhaul.quotas.files", "1",
                                "longhaul.quotas.bytes", "2K",
                                "longhaul.quotas.enqueued-batches", "3",
                                "longhaul.quotas.enqueued-lines", "4",
                                "longhaul.quotas.batches-per-hour", "5")))
                .isEqualTo(Map.of(
                        Quota.FILES, 1L,
                        Quota.BYTES, 2_048L,
                        Quota.BATCHES, 3L,
                        Quota.LINES, 4L,
                        Quota.BATCHES_AN_HOUR, 5L));
    }

    @Test
    void shouldTakeSingleNumbersFromTheConfiguration() {
        assertThat(limits(Map.of(
                        "longhaul.limits.profile", "openai",
                        "longhaul.limits.batch-file-size", "1M",
                        "longhaul.limits.file-size", "2M",
                        "longhaul.limits.upload-size", "3M",
                        "longhaul.limits.lines", "4",
                        "longhaul.limits.line-size", "5K",
                        "longhaul.limits.embedding-inputs", "6")))
                .isEqualTo(new Limits(1 << 20, 2 << 20, 3 << 20, 4, 5 << 10, 6));
    }

    @ParameterizedTest
    @CsvSource({"lines, 0", "line-size, 2G", "batch-file-size, 0", "embedding-inputs, -1"})
    void shouldNameANumberThatIsOutOfBounds(String name, String value) {
        assertThatThrownBy(() -> limits(Map.of("longhaul.limits." + name, value)))
                .hasMessageContaining("longhaul.limits." + name);
    }
}
