package dev.longhaul.cli.local;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;

/** A whole Longhaul on this machine. */
public final class LocalSystem {
    private static final int DEFAULT_API_PORT = 8700;
    private static final Duration READY_LIMIT = Duration.ofSeconds(120);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    /** Those that use go before what they use. */
    private static final List<Set<Program>> STOP_ORDER = List.of(
            EnumSet.of(Program.BATCH_API, Program.BATCH_DISPATCHER, Program.BATCH_FINALIZER),
            EnumSet.of(Program.INFERENCE_SIM, Program.LOCAL_S3),
            EnumSet.of(Program.LOCAL_STACK));

    private static final String API = Program.BATCH_API.module();

    private final Home home;
    private final Map<String, String> environment;
    private final Consumer<String> say;
    private final ProcessNotes notes;
    private final ReadinessProbe probe;
    private final Function<String, List<String>> jvmFlags;
    private final Supervisor supervisor;

    /** @param say takes messages for the user, one line each */
    public LocalSystem(Home home, Map<String, String> environment, Consumer<String> say) {
        this(home, environment, say, AotCaches.of(home, environment)::flags);
    }

    /** @param jvmFlags more flags for the JVM of a process, by its name */
    LocalSystem(
            Home home,
            Map<String, String> environment,
            Consumer<String> say,
            Function<String, List<String>> jvmFlags) {
        this.home = home;
        this.environment = Map.copyOf(environment);
        this.say = say;
        this.notes = new ProcessNotes(home.run());
        this.probe = new ReadinessProbe(home);
        this.jvmFlags = jvmFlags;
        this.supervisor = new Supervisor(home, ProcessStarter.forThisSystem(), probe::isReady, say);
    }

    public Home home() {
        return home;
    }

    /** Those it was started with while any of it runs, else the defaults. */
    public Settings settings() {
        if (notes.alive().isEmpty()) {
            return Settings.DEFAULT;
        }
        return JsonFile.read(home.settings(), Settings.class).orElse(Settings.DEFAULT);
    }

    /**
     * Starts what is missing or should be different, and returns when all is ready.
     *
     * @param change from the settings as they are to those wanted
     * @return whether anything had to be started
     * @throws LocalException with the reason and, where there is one, the end of a log
     */
    public boolean up(UnaryOperator<Settings> change) {
        home.create();
        try (SystemLock lock = SystemLock.acquire(home, say)) {
            Settings settings = change.apply(settings());
            List<RunningProcess> alive = notes.alive();
            Ports ports = ports(settings, alive);
            Blueprint blueprint =
                    new Blueprint(home, ApiKey.readOrCreate(home.apiKey()), apiPort(), ports::of, environment);
            List<ProcessSpec> wanted = blueprint.processes(settings);
            requireKeys(blueprint.missingKeys(settings), alive, wanted);
            stopOthers(alive, wanted);
            JsonFile.write(home.settings(), settings);
            List<ProcessSpec> missing = wanted.stream()
                    .filter(spec -> notes.alive(spec.name()).isEmpty())
                    .toList();
            List<RunningProcess> running = new ArrayList<>(notes.alive());
            running.addAll(start(missing));
            supervisor.awaitReady(running, READY_LIMIT);
            return !missing.isEmpty();
        }
    }

    /** Stops all of it: the services, which drain, then what they use. */
    public void down() {
        home.create();
        try (SystemLock lock = SystemLock.acquire(home, say)) {
            List<RunningProcess> alive = notes.alive();
            for (Set<Program> stage : STOP_ORDER) {
                supervisor.stop(
                        alive.stream()
                                .filter(process -> stage.contains(Program.of(process.name())))
                                .toList(),
                        STOP_LIMIT);
            }
        }
    }

    /** Stops all of it and deletes data and logs; ports and API key stay. */
    public void reset() {
        down();
        for (Path directory : new Path[] {home.data(), home.logs(), home.uploads()}) {
            DirectoryTree.delete(directory);
        }
    }

    public SystemStatus status() {
        List<RunningProcess> alive = notes.alive();
        List<String> names = new ArrayList<>(Blueprint.names(settings()));
        alive.stream()
                .map(RunningProcess::name)
                .filter(name -> !names.contains(name))
                .forEach(names::add);
        List<SystemStatus.ProcessStatus> processes = new ArrayList<>(names.stream()
                .gather(Gatherers.mapConcurrent(names.size(), name -> status(name, alive)))
                .toList());
        processes.add(names.indexOf(Program.LOCAL_STACK.module()) + 1, postgres());
        return new SystemStatus(apiUrl(), ApiKey.read(home.apiKey()).orElse(null), processes);
    }

    private SystemStatus.ProcessStatus status(String name, List<RunningProcess> alive) {
        return alive.stream()
                .filter(process -> process.name().equals(name))
                .findFirst()
                .map(process ->
                        new SystemStatus.ProcessStatus(name, process.pid(), probe.isReady(process), process.port()))
                .orElseGet(() -> new SystemStatus.ProcessStatus(name, null, false, keptPort(name)));
    }

    private SystemStatus.ProcessStatus postgres() {
        Integer port = Ports.load(home.ports()).kept(Blueprint.POSTGRES);
        Long pid = new PostgresProcess(home).pid().orElse(null);
        boolean ready = pid != null && port != null && ReadinessProbe.accepts(port);
        return new SystemStatus.ProcessStatus(PostgresProcess.NAME, pid, ready, port);
    }

    /** The base URL of the API, whether it runs or not. */
    public URI apiUrl() {
        return URI.create("http://127.0.0.1:" + apiPort() + "/v1");
    }

    public Path apiKeyFile() {
        return home.apiKey();
    }

    /** The admin key, empty before the first start. */
    public Optional<String> apiKey() {
        return ApiKey.read(home.apiKey());
    }

    /** True when the API's process runs, ready or not. */
    public boolean isApiRunning() {
        return notes.alive(API).isPresent();
    }

    /** What services of this installation get to find the servers; ports are chosen when there are none yet. */
    public Map<String, String> serverVariables() {
        home.create();
        Ports ports = Ports.load(home.ports());
        return new Blueprint(home, ApiKey.readOrCreate(home.apiKey()), apiPort(), ports::of, environment).servers();
    }

    private List<RunningProcess> start(List<ProcessSpec> missing) {
        if (missing.isEmpty()) {
            return List.of();
        }
        if (missing.stream().anyMatch(spec -> spec.name().equals(API)) && !Ports.isFree(apiPort())) {
            throw new LocalException("port " + apiPort() + " is taken by another program, which is not of this"
                    + " installation; choose another one for the API with LONGHAUL_PORT=PORT");
        }
        say.accept("starting "
                + String.join(", ", missing.stream().map(ProcessSpec::name).toList()));
        return missing.stream()
                .map(spec -> supervisor.start(spec.withJvmFlags(jvmFlags.apply(spec.name()))))
                .toList();
    }

    /** Before anything is stopped: a dispatcher that is to be started takes the keys of backends from the environment. */
    private static void requireKeys(List<String> missing, List<RunningProcess> alive, List<ProcessSpec> wanted) {
        boolean startsDispatcher = wanted.stream()
                .filter(spec -> Program.of(spec.name()) == Program.BATCH_DISPATCHER)
                .anyMatch(spec -> alive.stream().noneMatch(process -> isSame(spec, process)));
        if (startsDispatcher && !missing.isEmpty()) {
            throw new LocalException("the environment has no " + String.join(", ", missing)
                    + ", which holds the key of a backend (--backend-key-env); set it and try again");
        }
    }

    private static boolean isSame(ProcessSpec spec, RunningProcess process) {
        return spec.name().equals(process.name()) && spec.fingerprint().equals(process.fingerprint());
    }

    private void stopOthers(List<RunningProcess> alive, List<ProcessSpec> wanted) {
        List<RunningProcess> others = alive.stream()
                .filter(process -> wanted.stream().noneMatch(spec -> isSame(spec, process)))
                .toList();
        if (!others.isEmpty()) {
            say.accept("stopping what changed: "
                    + String.join(
                            ", ", others.stream().map(RunningProcess::name).toList()));
            supervisor.stop(others, STOP_LIMIT);
        }
    }

    /** While anything of ours runs it relies on the ports as they are; else those that a stranger took are changed. */
    private Ports ports(Settings settings, List<RunningProcess> alive) {
        Ports ports = Ports.load(home.ports());
        if (alive.isEmpty()) {
            Blueprint.names(settings).stream()
                    .filter(name -> !name.equals(API))
                    .flatMap(name -> Blueprint.portNames(name).stream())
                    .forEach(ports::freeFor);
        }
        return ports;
    }

    private @Nullable Integer keptPort(String name) {
        if (name.equals(API)) {
            return apiPort();
        }
        return Ports.load(home.ports()).kept(Blueprint.portNames(name).getFirst());
    }

    /** LONGHAUL_PORT, else where it runs, else 8700. */
    private int apiPort() {
        String chosen = environment.getOrDefault("LONGHAUL_PORT", "").strip();
        if (chosen.isEmpty()) {
            return notes.alive(API).map(RunningProcess::port).orElse(DEFAULT_API_PORT);
        }
        try {
            int port = Integer.parseInt(chosen);
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below, together with numbers that are no port
        }
        throw new LocalException("LONGHAUL_PORT must be a port from 1 to 65535, and is '" + chosen + "'");
    }
}
