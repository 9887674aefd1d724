package dev.longhaul.api.auth;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** Who may call. */
@ConfigMapping(prefix = "longhaul.access")
interface AuthConfig {
    /** {@code LONGHAUL_AUTH}: whether keys are asked for; {@code none} is for a network that is trusted. */
    @WithDefault("keys")
    Mode mode();

    /** {@code LONGHAUL_ADMIN_KEY}: the default tenant's first key, {@code sk-...}. */
    Optional<String> adminKey();

    /** See {@link #mode}. */
    enum Mode {
        KEYS,
        NONE
    }
}
