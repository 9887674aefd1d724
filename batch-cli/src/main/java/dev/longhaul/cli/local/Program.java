package dev.longhaul.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The programs that a Longhaul on this machine consists of, and the one place where their JVMs' flags stand. */
enum Program {
    LOCAL_STACK("dev.longhaul.localstack.Main", "-Xmx512m", "-XX:+UseSerialGC"),
    LOCAL_S3("dev.longhaul.locals3.Main", "-Xmx256m", "-XX:+UseSerialGC"),
    INFERENCE_SIM("dev.longhaul.sim.Main", "-Xmx512m", "-XX:+UseSerialGC"),
    BATCH_API("", "-Xmx256m", "-XX:+UseSerialGC"),
    BATCH_DISPATCHER("", "-Xmx256m", "-XX:+UseSerialGC"),
    BATCH_FINALIZER("", "-Xmx256m", "-XX:+UseSerialGC");

    /**
     * A process that is out of memory ends, to be started again, rather than go on without the thread it happened to.
     * Libraries that load native code or use Unsafe would make the JVM warn about it in every log.
     */
    private static final List<String> EVERYWHERE = List.of(
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    /** Where Linux says whether it gives large pages to who asks for them. */
    private static final Path LARGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    private final String mainClass;
    private final List<String> flags;

    Program(String mainClass, String... flags) {
        this.mainClass = mainClass;
        this.flags = List.of(flags);
    }

    /** The name of its module, and of its process when there can be but one. */
    String module() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The program that a process of that name runs. */
    static Program of(String process) {
        return Stream.of(values())
                .filter(program -> process.startsWith(program.module()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no process is called " + process));
    }

    /** Flags that the user adds to ours, later ones win. */
    List<String> addedFlags(Map<String, String> environment) {
        String added = (environment.getOrDefault("LONGHAUL_JAVA_OPTS", "") + " "
                        + environment.getOrDefault("LONGHAUL_JAVA_OPTS_" + name(), ""))
                .strip();
        return added.isEmpty() ? List.of() : List.of(added.split("\\s+"));
    }

    /** A Quarkus application: tells its health over HTTP. */
    boolean isService() {
        return mainClass.isEmpty();
    }

    String healthPath() {
        return isService() ? "/q/health/ready" : "";
    }

    /** The directory that holds all that it is run from. */
    Path files(Path root) {
        return root.resolve(module()).resolve("target").resolve(isService() ? "quarkus-app" : "app");
    }

    /** They spare memory accesses, some 6 % of all CPU time in `bench throughput`; Linux alone has them. */
    private static List<String> largePages() {
        try {
            return Files.readString(LARGE_PAGES).contains("[never]")
                    ? List.of()
                    : List.of("-XX:+UseTransparentHugePages");
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * The command up to the program's own arguments; flags of ours, then those of LONGHAUL_JAVA_OPTS and LONGHAUL_JAVA_OPTS_PROGRAM, which win.
     *
     * @throws LocalException when it has not been built
     */
    List<String> command(Path root, Map<String, String> environment) {
        Path files = files(root);
        if (!Files.isDirectory(files)) {
            throw new LocalException(module() + " has not been built: " + files + " is missing");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(EVERYWHERE);
        command.addAll(largePages());
        command.addAll(flags);
        command.addAll(addedFlags(environment));
        if (!isService()) {
            command.addAll(List.of("-cp", files + "/*", mainClass));
        }
        return command;
    }

    /** What a service's command ends with; its system properties must stand before. */
    List<String> jar(Path root) {
        return List.of("-jar", files(root).resolve("quarkus-run.jar").toString());
    }
}
