package dev.longhaul.cli;

import dev.longhaul.cli.local.Backend;
import dev.longhaul.cli.local.Settings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What `up` and `run` say about the processes; what is not said stays as it is. */
final class StackOptions {
    private static final String SIMULATOR = "sim";

    @Option(
            names = "--backend",
            paramLabel = "[NAME=]URL",
            description = "An OpenAI-compatible inference server, such as http://127.0.0.1:8000/v1; may be repeated."
                    + " Without it, those of the running stack are kept, and a stopped stack starts with the bundled"
                    + " simulator; 'sim' asks for the simulator.")
    @Nullable
    List<String> backends;

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
    Settings applyTo(Settings current) {
        try {
            boolean newBackends = backends != null && !backends.isEmpty();
            return new Settings(
                    newBackends ? parse(backends) : current.backends(),
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

    private static List<Backend> parse(@Nullable List<String> texts) {
        if (texts == null || texts.equals(List.of(SIMULATOR))) {
            return List.of();
        }
        List<Backend> backends = new ArrayList<>();
        for (String text : texts) {
            Backend backend = Backend.parse(text, backends.size() + 1);
            if (backends.stream().anyMatch(other -> other.name().equals(backend.name()))) {
                throw new IllegalArgumentException("--backend names '" + backend.name() + "' twice");
            }
            backends.add(backend);
        }
        return backends;
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
