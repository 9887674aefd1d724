package dev.longhaul.dispatcher;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The budgets of one dispatcher process; memory is bounded by these numbers, never by the size of a file. */
@ConfigMapping(prefix = "longhaul.dispatcher")
public interface DispatcherConfig {
    /** Bytes of request lines held in memory. */
    @WithDefault("50331648")
    long sliceBytes();

    /** Bytes of result chunks that Kafka has not acknowledged; past it no further line starts. */
    @WithDefault("25165824")
    long unsentBytes();

    /** Bytes of long answers that are coming in, twice over; past it all but one of them wait. */
    @WithDefault("16777216")
    long answerBytes();

    /** Bytes of result chunks in Kafka that no checkpoint has passed; past it no further slice is taken. */
    @WithDefault("268435456")
    long tailBytes();

    /** Bytes of custom_id hashes while a file is planned. */
    @WithDefault("33554432")
    int hashBytes();

    /** Request lines a slice may have. */
    @WithDefault("1024")
    int sliceLines();

    /** Bytes a slice may have, unless one line is longer. */
    @WithDefault("1048576")
    int sliceLength();

    /** How long S3 may have no such bytes of a slice before its lines end as errors. */
    @WithDefault("5m")
    Duration unreadableAfter();

    /** Event loops that call backends. */
    @WithDefault("2")
    int lanes();
}
