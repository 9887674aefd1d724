package dev.longhaul.cli.local;

import java.util.List;

/**
 * What runs beside the API: given to {@code up}, kept while anything runs so that a later {@code up} brings back the same.
 *
 * @param backends those of the user
 * @param simulator whether the bundled simulator runs beside them; without any it does in any case
 * @param models what the backends serve; none means that they are asked
 * @param maxInFlight requests at a time to each backend; 0 leaves the dispatcher's default
 * @param dispatchers 1 to 16 processes
 * @param finalizers 1 to 16 processes
 * @param simulatorArguments further arguments of the simulator
 */
public record Settings(
        List<Backend> backends,
        boolean simulator,
        List<String> models,
        int maxInFlight,
        int dispatchers,
        int finalizers,
        List<String> simulatorArguments) {
    public static final Settings DEFAULT = new Settings(List.of(), false, List.of(), 0, 1, 1, List.of());

    public Settings {
        backends = List.copyOf(backends);
        models = List.copyOf(models);
        simulatorArguments = List.copyOf(simulatorArguments);
        check("--max-in-flight", maxInFlight, 0, 100_000);
        check("--dispatchers", dispatchers, 1, 16);
        check("--finalizers", finalizers, 1, 16);
    }

    boolean usesSimulator() {
        return simulator || backends.isEmpty();
    }

    private static void check(String option, int value, int lowest, int highest) {
        if (value < lowest || value > highest) {
            throw new IllegalArgumentException(
                    option + " must be between " + lowest + " and " + highest + ", and is " + value);
        }
    }
}
