package dev.longhaul.store;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import java.util.Optional;
import java.util.OptionalLong;

/** What a tenant may have, unless it has limits of its own. Where nothing is said {@link LimitsConfig#profile} decides. */
@ConfigMapping(prefix = "longhaul.quotas")
public interface QuotasConfig {
    /** Files stored, results included. */
    OptionalLong files();

    /** Their bytes. */
    Optional<MemorySize> bytes();

    /** Batches that have not ended. */
    OptionalLong enqueuedBatches();

    /** Lines of batches that have not ended. */
    OptionalLong enqueuedLines();

    /** Batches created within any hour. */
    OptionalLong batchesPerHour();
}
