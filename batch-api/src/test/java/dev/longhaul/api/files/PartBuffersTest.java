package dev.longhaul.api.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longhaul.api.errors.ApiException;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.eclipse.microprofile.config.spi.Converter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class PartBuffersTest {
    private final PartBuffers buffers = new PartBuffers(new SmallRyeConfigBuilder()
            .withConverters(new Converter<?>[] {new MemorySizeConverter(), new DurationConverter()})
            .withMapping(FilesConfig.class)
            .withDefaultValues(Map.of("longhaul.files.buffers", "2M", "longhaul.files.buffer-wait", "20ms"))
            .build()
            .getConfigMapping(FilesConfig.class));

    @Test
    void shouldRefuseAnUploadThatFindsNoMemoryForTooLong() throws InterruptedException {
        byte[] first = buffers.take();
        buffers.take();

        assertThatThrownBy(buffers::take)
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.status()).isEqualTo(429))
                .hasMessageContaining("try again later");

        buffers.giveBack(first);
        assertThat(buffers.take()).isSameAs(first);
    }

    @Test
    void shouldKeepHalfForUploadsThatBegin() throws InterruptedException {
        buffers.take();

        assertThat(buffers.poll(PartBuffers.LEAST)).isNull();
        assertThat(buffers.take()).hasSize(PartBuffers.LEAST);
    }
}
