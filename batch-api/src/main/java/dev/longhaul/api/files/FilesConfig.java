package dev.longhaul.api.files;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Uploads. */
@ConfigMapping(prefix = "longhaul.files")
interface FilesConfig {
    /** Bytes of the largest file. */
    @WithDefault("50G")
    MemorySize maxSize();

    /** Buffers of 8 MiB that all uploads of this process share; an upload that finds none waits. At least 1. */
    @WithDefault("8")
    int partBuffers();

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
