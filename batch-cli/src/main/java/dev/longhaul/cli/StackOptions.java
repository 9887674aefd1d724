package dev.longhaul.cli;

import dev.longhaul.cli.local.Backend;
import dev.longhaul.cli.local.BackendKey;
import dev.longhaul.cli.local.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What `up` and `run` say about the processes; what is not said stays as it is. */
final class StackOptions {
    private static final String SIMULATOR = "sim";
    private static final String KEY_OPTION = "--backend-key-env";

    @Option(
            names = "--backend",
            paramLabel = "[NAME=]URL",
            description = "An OpenAI-compatible inference server, such as http://127.0.0.1:8000/v1; may be repeated."
                    + " 'sim' is the bundled simulator, alone or beside others. Without this option a running stack"
                    + " keeps its backends, and a stopped one starts with the simulator.")
    @Nullable
    List<String> backends;

    @Option(
            names = KEY_OPTION,
            paramLabel = "[NAME=]VARIABLE",
            description = "The environment variable that holds the API key of the backend NAME, or of the only one;"
                    + " may be repeated.")
    @Nullable
    List<String> keyVariables;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "A model that the backends serve; may be repeated. Without it they are asked.")
    @Nullable
    List<String> models;

    @Option(names = "--max-in-flight", paramLabel = "N", description = "Most requests at a time to each backend.")
    @Nullable
    Integer maxInFlight;

    @Option(names = "--dispatchers", paramLabel = "N", description = "Dispatcher processes, 1 to 16.")
    @Nullable
    Integer dispatchers;

    @Option(names = "--finalizers", paramLabel = "N", description = "Finalizer processes, 1 to 16.")
    @Nullable
    Integer finalizers;

    @Option(names = "--sim-args", paramLabel = "ARGS", description = "Arguments of the simulator, in one string.")
    @Nullable
    String simulatorArguments;

    /**
     * The settings as they become with these options.
     *
     * @throws CliException with the usage code when an option makes no sense
     */
    Settings applyTo(Settings current, Map<String, String> environment) {
        try {
            boolean newBackends = backends != null && !backends.isEmpty();
            boolean simulator = newBackends ? backends.contains(SIMULATOR) : current.simulator();
            List<Backend> chosen = newBackends ? parse(backends) : current.backends();
            return new Settings(
                    withKeys(chosen, environment),
                    simulator,
                    // Models belong to backends: other backends, other models.
                    models != null ? models : newBackends ? List.of() : current.models(),
                    maxInFlight != null ? positive(maxInFlight) : current.maxInFlight(),
                    dispatchers != null ? dispatchers : current.dispatchers(),
                    finalizers != null ? finalizers : current.finalizers(),
                    simulatorArguments != null ? words(simulatorArguments) : current.simulatorArguments());
        } catch (IllegalArgumentException e) {
            throw CliException.usage(String.valueOf(e.getMessage()));
        }
    }

    private static List<Backend> parse(List<String> texts) {
        List<Backend> backends = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String text : texts) {
            boolean isSimulator = text.equals(SIMULATOR);
            String name = SIMULATOR;
            if (!isSimulator) {
                Backend backend = Backend.parse(text, backends.size() + 1);
                backends.add(backend);
                name = backend.name();
            }
            if (!names.add(name)) {
                throw new IllegalArgumentException("--backend names '" + name + "' twice");
            }
        }
        return backends;
    }

    /** A key that is in the environment now counts, also where nothing is said about it: it may be another than before. */
    private List<Backend> withKeys(List<Backend> backends, Map<String, String> environment) {
        Map<String, BackendKey> named = new HashMap<>();
        for (String text : keyVariables == null ? List.<String>of() : keyVariables) {
            int equals = text.indexOf('=');
            String variable = text.substring(equals + 1);
            named.put(
                    equals < 0 ? onlyOne(backends) : known(backends, text.substring(0, equals)),
                    BackendKey.in(environment, variable)
                            .orElseThrow(() -> new IllegalArgumentException(
                                    KEY_OPTION + ": the environment has no " + variable)));
        }
        return backends.stream()
                .map(backend -> {
                    BackendKey key = named.get(backend.name());
                    if (key == null && backend.key() != null) {
                        key = BackendKey.in(environment, backend.key().variable()).orElse(backend.key());
                    }
                    return key == null ? backend : backend.withKey(key);
                })
                .toList();
    }

    private static String onlyOne(List<Backend> backends) {
        if (backends.size() != 1) {
            throw new IllegalArgumentException(KEY_OPTION + " must be NAME=VARIABLE: there are "
                    + (backends.isEmpty() ? "no" : "several") + " backends that it could belong to");
        }
        return backends.getFirst().name();
    }

    private static String known(List<Backend> backends, String name) {
        if (backends.stream().noneMatch(backend -> backend.name().equals(name))) {
            throw new IllegalArgumentException(KEY_OPTION + " names a backend '" + name + "' that is not configured");
        }
        return name;
    }

    private static int positive(int maxInFlight) {
        if (maxInFlight < 1) {
            throw new IllegalArgumentException("--max-in-flight must be at least 1, and is " + maxInFlight);
        }
        return maxInFlight;
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }
}
