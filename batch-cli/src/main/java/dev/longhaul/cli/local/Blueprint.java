package dev.longhaul.cli.local;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The processes that settings ask for, with their commands and environments. Pure but for reading the built programs.
 *
 * @param apiPort where the API listens
 * @param portOf the port of any other name, see {@link #portNames}
 * @param environment of this command: LONGHAUL_JAVA_OPTS_* are taken from it
 */
record Blueprint(Home home, String apiKey, int apiPort, ToIntFunction<String> portOf, Map<String, String> environment) {
    static final String KAFKA = "kafka";
    static final String POSTGRES = "postgres";
    private static final String HOST = "127.0.0.1";

    /** The names of the processes, in the order in which they are shown. */
    static List<String> names(Settings settings) {
        List<String> names = new ArrayList<>(List.of(Program.LOCAL_STACK.module(), Program.LOCAL_S3.module()));
        if (settings.usesSimulator()) {
            names.add(Program.INFERENCE_SIM.module());
        }
        names.add(Program.BATCH_API.module());
        names.addAll(numbered(Program.BATCH_DISPATCHER, settings.dispatchers()));
        names.addAll(numbered(Program.BATCH_FINALIZER, settings.finalizers()));
        return names;
    }

    /** The ports that a process of that name listens on, apart from the API's. */
    static List<String> portNames(String process) {
        return process.equals(Program.LOCAL_STACK.module()) ? List.of(KAFKA, POSTGRES) : List.of(process);
    }

    List<ProcessSpec> processes(Settings settings) {
        List<ProcessSpec> specs = new ArrayList<>();
        specs.add(localStack());
        specs.add(localS3());
        if (settings.usesSimulator()) {
            specs.add(simulator(settings));
        }
        Map<String, String> key = Map.of("LONGHAUL_ADMIN_KEY", apiKey);
        specs.add(service(Program.BATCH_API, Program.BATCH_API.module(), apiPort, List.of(), key, ""));
        for (String name : numbered(Program.BATCH_DISPATCHER, settings.dispatchers())) {
            specs.add(service(
                    Program.BATCH_DISPATCHER,
                    name,
                    portOf.applyAsInt(name),
                    backendProperties(settings),
                    Map.of(),
                    keyDigests(settings)));
        }
        for (String name : numbered(Program.BATCH_FINALIZER, settings.finalizers())) {
            specs.add(service(Program.BATCH_FINALIZER, name, portOf.applyAsInt(name), List.of(), Map.of(), ""));
        }
        return specs;
    }

    /** Where the servers are: the environment that every service gets. */
    Map<String, String> servers() {
        return new TreeMap<>(Map.of(
                "LONGHAUL_KAFKA", HOST + ":" + portOf.applyAsInt(KAFKA),
                "LONGHAUL_POSTGRES_URL", "postgresql://" + HOST + ":" + portOf.applyAsInt(POSTGRES) + "/longhaul",
                "LONGHAUL_POSTGRES_USER", "longhaul",
                "LONGHAUL_POSTGRES_PASSWORD", "longhaul",
                "LONGHAUL_S3_ENDPOINT", "http://" + HOST + ":" + portOf.applyAsInt(Program.LOCAL_S3.module()),
                "LONGHAUL_S3_REGION", "us-east-1",
                "LONGHAUL_S3_BUCKET", "longhaul",
                "LONGHAUL_S3_ACCESS_KEY", "longhaul",
                "LONGHAUL_S3_SECRET_KEY", s3Secret()));
    }

    private ProcessSpec localStack() {
        int kafka = portOf.applyAsInt(KAFKA);
        return program(
                Program.LOCAL_STACK,
                kafka,
                List.of(
                        "--data", home.data().resolve("stack").toString(),
                        "--kafka-port", Integer.toString(kafka),
                        "--postgres-port", Integer.toString(portOf.applyAsInt(POSTGRES))));
    }

    private ProcessSpec localS3() {
        int port = portOf.applyAsInt(Program.LOCAL_S3.module());
        return program(
                Program.LOCAL_S3,
                port,
                List.of(
                        "--data", home.data().resolve("s3").toString(),
                        "--port", Integer.toString(port),
                        "--access-key", "longhaul",
                        "--secret-key", s3Secret()));
    }

    /** Stands in a command line, where others on this machine see it: must not tell the API's key. */
    private String s3Secret() {
        return new Fingerprint().add(List.of("s3", apiKey)).value();
    }

    private ProcessSpec simulator(Settings settings) {
        int port = portOf.applyAsInt(Program.INFERENCE_SIM.module());
        List<String> arguments = new ArrayList<>(List.of("--port", Integer.toString(port)));
        arguments.addAll(settings.simulatorArguments());
        return program(Program.INFERENCE_SIM, port, arguments);
    }

    private ProcessSpec program(Program program, int port, List<String> arguments) {
        List<String> command = new ArrayList<>(program.command(home.root(), environment));
        command.addAll(arguments);
        String fingerprint = new Fingerprint()
                .addProgram(program.files(home.root()))
                .add(arguments)
                .value();
        return new ProcessSpec(program.module(), command, Map.of(), port, program.healthPath(), fingerprint);
    }

    /** @param inherited stands for what the process takes from the environment of this command */
    private ProcessSpec service(
            Program program,
            String name,
            int port,
            List<String> properties,
            Map<String, String> more,
            String inherited) {
        Map<String, String> variables = new TreeMap<>(servers());
        variables.putAll(more);
        variables.put("LONGHAUL_HTTP_HOST", HOST);
        variables.put("LONGHAUL_HTTP_PORT", Integer.toString(port));
        List<String> command = new ArrayList<>(program.command(home.root(), environment));
        command.addAll(properties);
        command.addAll(program.jar(home.root()));
        String fingerprint = new Fingerprint()
                .addProgram(program.files(home.root()))
                .add(properties)
                .add(variables.keySet())
                .add(variables.values())
                .add(List.of(inherited))
                .value();
        return new ProcessSpec(name, command, variables, port, program.healthPath(), fingerprint);
    }

    /** Variables with keys of backends that the environment does not have; a dispatcher does not start without them. */
    List<String> missingKeys(Settings settings) {
        return settings.backends().stream()
                .map(Backend::key)
                .flatMap(Stream::ofNullable)
                .map(BackendKey::variable)
                .filter(variable -> environment.getOrDefault(variable, "").isBlank())
                .distinct()
                .toList();
    }

    /** The dispatchers' backends as system properties. */
    private List<String> backendProperties(Settings settings) {
        List<String> properties = new ArrayList<>();
        if (settings.usesSimulator()) {
            URI url = URI.create("http://" + HOST + ":" + portOf.applyAsInt(Program.INFERENCE_SIM.module()) + "/v1");
            // Beside others it has models of its own, which are not those of the user's backends.
            List<String> models = settings.backends().isEmpty() ? settings.models() : List.of();
            properties.addAll(properties(new Backend("sim", url, null), models, settings.maxInFlight()));
        }
        for (Backend backend : settings.backends()) {
            properties.addAll(properties(backend, settings.models(), settings.maxInFlight()));
        }
        return properties;
    }

    private static List<String> properties(Backend backend, List<String> models, int maxInFlight) {
        String prefix = "-Dlonghaul.backends." + backend.name();
        List<String> properties = new ArrayList<>(List.of(prefix + ".url=" + backend.url()));
        if (backend.key() != null) {
            properties.add(prefix + ".api-key-env=" + backend.key().variable());
        }
        if (!models.isEmpty()) {
            properties.add(prefix + ".models=" + String.join(",", models));
        }
        if (maxInFlight > 0) {
            properties.add(prefix + ".max-in-flight=" + maxInFlight);
        }
        return properties;
    }

    /** Changes with the keys of backends, which are in the environment that a running dispatcher was started with. */
    private static String keyDigests(Settings settings) {
        return settings.backends().stream()
                .map(Backend::key)
                .map(key -> key == null ? "" : key.digest())
                .collect(Collectors.joining(","));
    }

    private static List<String> numbered(Program program, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> program.module() + "-" + number)
                .toList();
    }
}
