package dev.longhaul.finalizer;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How results are gathered and batches ended. */
@ConfigMapping(prefix = "longhaul.finalizer")
interface FinalizerConfig {
    /**
     * The static membership's id: unique among running finalizers, the same after a restart; {@code LONGHAUL_INSTANCE}. By default
     * made of host name and HTTP port.
     */
    Optional<String> instance();

    /**
     * Whether the partitions of this instance wait for it when it is stopped, because a process of the same name will be back within six
     * seconds. Otherwise other finalizers get them at once.
     */
    @WithDefault("false")
    boolean returns();

    /** A segment of this size is full and becomes an object. */
    @WithDefault("8M")
    MemorySize segmentBytes();

    /** A segment up to this size is kept in its row instead of an object. */
    @WithDefault("64K")
    MemorySize inlineBytes();

    /** How long a segment too large for its row may stay open while it holds its partition's checkpoint back. */
    @WithDefault("3s")
    Duration holdBack();

    /** Memory for all segments that are not recorded yet, at least two segments. */
    @WithDefault("24M")
    MemorySize budgetBytes();

    /** The longest time between checkpoints while lines come in. */
    @WithDefault("1s")
    Duration checkpointEvery();

    /** How often open batches are looked at without being asked. */
    @WithDefault("3s")
    Duration settleEvery();

    /** How long an input object of a stopped batch must be missing before its lines are answered without their {@code custom_id}. */
    @WithDefault("5m")
    Duration unreadableAfter();

    /** How long a result file is kept when the tenant does not say. */
    @WithDefault("30d")
    Duration keepFiles();

    /** How long the slices of an ended batch and the records behind a checkpoint are kept. */
    @WithDefault("1h")
    Duration keepTraces();
}
