package dev.longhaul.cli.local;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The API key that a backend asks for. The key itself stays in the environment; nothing of ours writes it down.
 *
 * @param variable the environment variable that holds it
 * @param digest changes when the key does, so that dispatchers with the old one are replaced
 */
public record BackendKey(String variable, String digest) {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    public BackendKey {
        if (!VARIABLE.matcher(variable).matches()) {
            // Not repeated: it may be the key.
            throw new IllegalArgumentException(
                    "--backend-key-env takes the name of an environment variable that holds the key, not the key itself");
        }
    }

    /** The key in that variable; empty when the environment does not have it. */
    public static Optional<BackendKey> in(Map<String, String> environment, String variable) {
        String key = environment.getOrDefault(variable, "").strip();
        BackendKey found = new BackendKey(variable, new Fingerprint().add(List.of(key)).value());
        return key.isEmpty() ? Optional.empty() : Optional.of(found);
    }
}
