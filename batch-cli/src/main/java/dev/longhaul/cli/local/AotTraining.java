package dev.longhaul.cli.local;

import dev.longhaul.cli.failure.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Makes the files of {@link AotCaches}: starts a stack of its own, apart from the user's data and ports, has it do some work
 * while its JVMs record, and builds a file from each recording. One at a time in a repository.
 */
public final class AotTraining {
    private static final long CREATE_LIMIT_MINUTES = 5;

    private final AotCaches caches;
    private final Home home;
    private final Consumer<String> say;

    private AotTraining(AotCaches caches, Home home, Consumer<String> say) {
        this.caches = caches;
        this.home = home;
        this.say = say;
    }

    /** The work that the stack does; what it needs is what later starts have at hand. */
    public interface Workload {
        void run(URI api, String key, Path directory) throws IOException;
    }

    /** @throws LocalException when LONGHAUL_AOT or the JVM rules it out */
    public static AotTraining of(Home users, Map<String, String> environment, Consumer<String> say) {
        AotCaches caches = AotCaches.of(users, environment);
        if (!caches.isEnabled()) {
            throw new LocalException("there is nothing to prepare: LONGHAUL_AOT is 'off', or this JVM is not HotSpot");
        }
        return new AotTraining(caches, new Home(users.root(), caches.directory().resolve("training")), say);
    }

    /** Whether every program of this build has its file. */
    public boolean isDone() {
        return Stream.of(Program.values()).allMatch(program -> Files.exists(caches.file(program)));
    }

    /** Makes all files, which takes a minute or two. */
    public void run(Workload workload) throws IOException {
        home.create();
        try (SystemLock lock = SystemLock.acquire(caches.directory().resolve("lock"), say)) {
            Thread stop = new Thread(this::killAll, "training-stop");
            Runtime.getRuntime().addShutdownHook(stop);
            try {
                killAll(); // of a training that was killed itself
                DirectoryTree.delete(home.directory());
                record(workload);
                for (Program program : Program.values()) {
                    create(program);
                }
                deleteOthers();
            } finally {
                killAll();
                Runtime.getRuntime().removeShutdownHook(stop);
                DirectoryTree.delete(home.directory());
            }
        }
    }

    private void record(Workload workload) throws IOException {
        home.create();
        int port = Ports.load(home.ports()).freeFor("api");
        LocalSystem system = new LocalSystem(
                home, Map.of("LONGHAUL_PORT", Integer.toString(port)), message -> {}, this::recordingFlags);
        say.accept("recording: a stack of its own starts, works and stops");
        system.up(UnaryOperator.identity());
        workload.run(system.apiUrl(), system.apiKey().orElse(""), home.directory());
        system.down();
    }

    private List<String> recordingFlags(String process) {
        return List.of(
                Supervisor.RECORD, "-XX:AOTConfiguration=" + recording(Program.of(process)), AotCaches.QUIET);
    }

    private Path recording(Program program) {
        return home.directory().resolve(program.module() + ".conf");
    }

    /** The rename makes it appear whole. */
    private void create(Program program) throws IOException {
        Path recorded = recording(program);
        Path fresh = home.directory().resolve(program.module() + ".aot");
        say.accept("building the class data of " + program.module());
        List<String> command = new ArrayList<>(program.command(home.root(), Map.of()));
        command.addAll(
                1,
                List.of("-XX:AOTMode=create", "-XX:AOTConfiguration=" + recorded, "-XX:AOTCache=" + fresh, AotCaches.QUIET));
        if (program.isService()) {
            command.addAll(program.jar(home.root()));
        }
        Path log = home.log("create-" + program.module());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(CREATE_LIMIT_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new LocalException("interrupted", e);
        }
        if (!Files.exists(fresh)) {
            throw new LocalException("the JVM made no class data for " + program.module() + ": "
                    + String.join(" ", new LogFile(log).tail(5, 0)));
        }
        Files.move(fresh, caches.file(program), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Those of earlier builds. */
    private void deleteOthers() {
        List<Path> current = Stream.of(Program.values()).map(caches::file).toList();
        try (Stream<Path> files = Files.list(caches.directory())) {
            for (Path file : files.filter(file -> file.toString().endsWith(".aot")).toList()) {
                if (!current.contains(file)) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            say.accept("old class data in " + caches.directory() + " cannot be deleted: " + Reason.of(e));
        }
    }

    private void killAll() {
        new ProcessNotes(home.run()).alive().forEach(Supervisor::killWithChildren);
    }
}
