package dev.longhaul.dispatcher.plan;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How batches are planned: {@code longhaul.plan.*}. */
@ConfigMapping(prefix = "longhaul.plan")
public interface PlanConfig {
    /** How long S3 may say that an input file does not exist before its batch fails; an S3 that is away counts for nothing. */
    @WithDefault("5m")
    Duration unreadableAfter();
}
