package dev.longhaul.store;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;
import java.util.OptionalLong;

/** How much a tenant may bring. The profile gives all numbers; each may be set by itself. Give all services the same. */
@ConfigMapping(prefix = "longhaul.limits")
public interface LimitsConfig {
    /** Whose numbers. */
    @WithDefault("longhaul")
    Profile profile();

    /** Bytes of a file of purpose {@code batch}. */
    Optional<MemorySize> batchFileSize();

    /** Bytes of a file of another purpose, sent at once. */
    Optional<MemorySize> fileSize();

    /** Bytes of an upload in parts; one of purpose {@code batch} is a batch file as well. */
    Optional<MemorySize> uploadSize();

    /** Request lines of a batch. */
    OptionalLong lines();

    /** Bytes of a request line, at most 1 GiB. */
    Optional<MemorySize> lineSize();

    /** Inputs of all lines of a batch for {@code /v1/embeddings}. */
    OptionalLong embeddingInputs();

    /** Known sets of numbers. */
    enum Profile {
        LONGHAUL,
        OPENAI
    }
}
