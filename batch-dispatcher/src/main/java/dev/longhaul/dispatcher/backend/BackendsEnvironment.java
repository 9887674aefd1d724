package dev.longhaul.dispatcher.backend;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Backends that the environment names: {@code LONGHAUL_BACKENDS_GPU_1_URL} is {@code longhaul.backends.gpu-1.url}. Without it a name
 * with a hyphen could not be told from one with a dot, and would be passed over without a word.
 */
public final class BackendsEnvironment implements ConfigSource {
    private static final String START = "LONGHAUL_BACKENDS_";
    private static final List<String> KEYS = List.of(
            "url",
            "query",
            "models",
            "endpoints",
            "default-for",
            "refuse-fields",
            "api-key-env",
            "api-key-file",
            "max-in-flight",
            "attempts",
            "timeout",
            "max-answer-bytes");
    /** Names of models are no matter of capital letters and underscores. */
    private static final String RENAME = "_RENAME_";
    /** Behind the environment as it is, which knows the names that other sources give. */
    private static final int ORDINAL = 299;

    private final Map<String, String> properties = new HashMap<>();
    private final Set<String> unknown = new TreeSet<>();

    /** Of this process. */
    public BackendsEnvironment() {
        this(System.getenv());
    }

    BackendsEnvironment(Map<String, String> environment) {
        environment.forEach((variable, value) -> {
            if (variable.startsWith(START)) {
                take(variable, value);
            }
        });
    }

    private void take(String variable, String value) {
        String name = variable.substring(START.length());
        for (String key : KEYS) {
            String end = "_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
            if (name.endsWith(end) && name.length() > end.length()) {
                String backend = name.substring(0, name.length() - end.length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '-');
                properties.put("longhaul.backends." + backend + "." + key, value);
                return;
            }
        }
        if (!name.contains(RENAME)) {
            unknown.add(variable);
        }
    }

    /**
     * Checks that every variable that begins so is a backend's setting.
     *
     * @throws IllegalArgumentException naming those that are not
     */
    void requireKnown() {
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(String.join(", ", unknown)
                    + ": is no setting of a backend; write LONGHAUL_BACKENDS_NAME_KEY, with a NAME of letters, digits and"
                    + " underscores for hyphens, and a KEY of " + String.join(", ", KEYS)
                    + " in capitals, with underscores for hyphens");
        }
    }

    @Override
    public Set<String> getPropertyNames() {
        return Set.copyOf(properties.keySet());
    }

    @Override
    public @Nullable String getValue(String property) {
        return properties.get(property);
    }

    @Override
    public String getName() {
        return "backends of the environment";
    }

    @Override
    public int getOrdinal() {
        return ORDINAL;
    }
}
