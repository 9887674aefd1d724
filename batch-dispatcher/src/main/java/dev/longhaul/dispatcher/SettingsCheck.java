package dev.longhaul.dispatcher;

import dev.longhaul.store.Limits;
import dev.longhaul.store.LimitsConfig;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Keeps a process with settings that cannot work from starting, instead of having it fail at them again and again. */
@ApplicationScoped
class SettingsCheck {
    /** The header of a result chunk has room for so many beside the longest answer. */
    private static final int MOST_SLICE_LINES = 8_192;

    private static final int LEAST_HASH_BYTES = 64;

    private final DispatcherConfig config;
    private final LimitsConfig limits;

    SettingsCheck(DispatcherConfig config, LimitsConfig limits) {
        this.config = config;
        this.limits = limits;
    }

    void start(@Observes @Priority(1) StartupEvent event) {
        check(config);
        Limits.of(limits);
    }

    /**
     * Checks the settings, also against each other.
     *
     * @throws IllegalArgumentException naming the setting and its bound
     */
    static void check(DispatcherConfig config) {
        atLeast("lanes", config.lanes(), 1);
        atLeast("slice-lines", config.sliceLines(), 1);
        if (config.sliceLines() > MOST_SLICE_LINES) {
            throw refusal("slice-lines", "must be at most " + MOST_SLICE_LINES, config.sliceLines());
        }
        atLeast("slice-length", config.sliceLength(), 1);
        if (config.sliceBytes() < config.sliceLength()) {
            throw refusal("slice-bytes", "must be at least slice-length, " + config.sliceLength(), config.sliceBytes());
        }
        atLeast("unsent-bytes", config.unsentBytes(), 1);
        atLeast("answer-bytes", config.answerBytes(), 1);
        atLeast("tail-bytes", config.tailBytes(), 1);
        atLeast("hash-bytes", config.hashBytes(), LEAST_HASH_BYTES);
        atLeast("unreadable-after", config.unreadableAfter().toSeconds(), 0);
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw refusal(name, "must be at least " + least, value);
        }
    }

    private static IllegalArgumentException refusal(String name, String bound, long value) {
        return new IllegalArgumentException("longhaul.dispatcher." + name + ": " + bound + ", but is " + value);
    }
}
