package dev.longhaul.dispatcher.backend;

import dev.longhaul.dispatcher.backend.BackendsConfig.BackendConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a backend's API key from where its configuration says. */
final class BackendKey {
    private BackendKey() {}

    /** @throws IllegalArgumentException naming the setting that is wrong */
    static Optional<String> read(String name, BackendConfig config) {
        if (config.apiKeyFile().isPresent()) {
            Path file = Path.of(config.apiKeyFile().get());
            try {
                return Optional.of(
                        checked(name, "api-key-file", Files.readString(file).strip()));
            } catch (IOException e) {
                throw new IllegalArgumentException(
                        "longhaul.backends." + name + ".api-key-file: cannot read " + file + ": " + e.getMessage(), e);
            }
        }
        return config.apiKeyEnv().map(variable -> {
            String key = System.getenv(variable);
            if (key == null || key.isBlank()) {
                throw new IllegalArgumentException(
                        "longhaul.backends." + name + ".api-key-env: the environment has no " + variable);
            }
            return checked(name, "api-key-env", key.strip());
        });
    }

    /** A key goes into a header, so it must be one word. */
    private static String checked(String name, String setting, String value) {
        if (value.isEmpty() || value.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("longhaul.backends." + name + "." + setting
                    + ": is no API key: it must be one word of visible ASCII characters");
        }
        return value;
    }
}
