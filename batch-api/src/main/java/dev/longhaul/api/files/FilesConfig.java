package dev.longhaul.api.files;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Uploads. */
@ConfigMapping(prefix = "longhaul.files")
interface FilesConfig {
    /** Memory that all uploads of this process share; each under way needs 1 MiB of it and takes up to 16. At least 1M. */
    @WithDefault("64M")
    MemorySize buffers();

    /** How long an upload waits for memory before it is answered with 429. */
    @WithDefault("60s")
    Duration bufferWait();

    /** A request body that was waited for so long must have come at {@link #leastRate} at least. */
    @WithDefault("60s")
    Duration slownessGrace();

    /** Bytes a second, on average over the time that was spent waiting for them. */
    @WithDefault("1K")
    MemorySize leastRate();

    /** How long an upload in parts may take from its creation to its completion; at least a second. */
    @WithDefault("1h")
    Duration uploadLifetime();

    /** How long files of purpose {@code batch} live when the upload does not say. */
    @WithDefault("30d")
    Duration batchLifetime();

    /** Between two looks for what is to be erased. */
    @WithDefault("60s")
    Duration janitorInterval();

    /** An upload whose process has not been heard of for so long is given up; not below a minute. */
    @WithDefault("10m")
    Duration uploadSilence();
}
