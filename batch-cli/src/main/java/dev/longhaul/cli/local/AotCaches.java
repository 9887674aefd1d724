package dev.longhaul.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Class data that make the JVMs start faster, one file a program, made by {@link AotTraining} and by nothing else: no run of a
 * user records. A file is there complete or not at all. Every problem here costs time at most: a JVM that can't use its file
 * starts without.
 */
final class AotCaches {
    static final String QUIET = "-Xlog:aot*=off";

    private final Path root;
    private final Path directory;
    private final Map<String, String> environment;
    private final boolean enabled;

    private AotCaches(Path root, Map<String, String> environment, boolean enabled) {
        this.root = root;
        this.directory = root.resolve("target/longhaul/aot");
        this.environment = environment;
        this.enabled = enabled;
    }

    /** Off with LONGHAUL_AOT=off, and on JVMs that don't have it. */
    static AotCaches of(Home home, Map<String, String> environment) {
        boolean hotSpot = System.getProperty("java.vm.name", "").matches(".*(HotSpot|OpenJDK).*");
        return new AotCaches(
                home.root(),
                environment,
                hotSpot && !environment.getOrDefault("LONGHAUL_AOT", "").equals("off"));
    }

    boolean isEnabled() {
        return enabled;
    }

    Path directory() {
        return directory;
    }

    /** The options that make a process use its file; empty when it has no file. */
    List<String> flags(String process) {
        Program program = Program.of(process);
        // Flags that we don't know may be such that a file doesn't fit them.
        if (!enabled || !program.addedFlags(environment).isEmpty()) {
            return List.of();
        }
        Path cache = file(program);
        return Files.exists(cache) ? List.of("-XX:AOTCache=" + cache, QUIET) : List.of();
    }

    /** Where the file of a program belongs. The JVM accepts it only for the same JDK build and the same jars, down to their times. */
    Path file(Program program) {
        Fingerprint fingerprint = new Fingerprint()
                .add(List.of(System.getProperty("java.home", ""), System.getProperty("java.vm.version", "")));
        try (Stream<Path> files = Files.walk(program.files(root))) {
            for (Path jar : files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList()) {
                fingerprint.add(
                        List.of(jar.toString(), Files.getLastModifiedTime(jar).toString()));
            }
        } catch (IOException e) {
            throw new LocalException(
                    program.module() + " has not been built: " + program.files(root) + " is missing", e);
        }
        return directory.resolve(program.module() + "-" + fingerprint.value() + ".aot");
    }
}
