package dev.longhaul.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Class data that make the JVMs start faster, one file a program, made from a real run of it. The second start of a
 * build records, so that neither the first start nor somebody who edits and restarts pays for it; {@code down} has the
 * files made in the background; later starts use them. Every problem here costs time at most: a JVM that can't use its
 * file starts without.
 */
final class AotCaches {
    private static final String QUIET = "-Xlog:aot*=off";

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

    /**
     * What a process is started with: nothing, the file to use, or the file to record into.
     *
     * @param process of several that run one program the first records
     */
    List<String> flags(String process) {
        Program program = Program.of(process);
        // Flags that we don't know may be such that a file doesn't fit them.
        if (!enabled || !program.addedFlags(environment).isEmpty()) {
            return List.of();
        }
        Path base = base(program);
        Path cache = withSuffix(base, ".aot");
        try {
            if (Files.exists(cache)) {
                return List.of("-XX:AOTCache=" + cache, QUIET);
            }
            Path seen = withSuffix(base, ".started");
            boolean first = process.equals(program.module()) || process.endsWith("-1");
            if (!first) {
                return List.of();
            }
            if (!Files.exists(seen)) {
                Files.createDirectories(directory);
                Files.createFile(seen);
                return List.of();
            }
            return List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + withSuffix(base, ".conf"), QUIET);
        } catch (IOException e) {
            return List.of();
        }
    }

    static boolean isRecording(List<String> command) {
        return command.contains("-XX:AOTMode=record");
    }

    /** Makes the files of what was recorded, in a process of low priority that this one doesn't wait for. */
    void makeInBackground(ProcessStarter starter, Path log) {
        if (!enabled || !Files.isDirectory(directory)) {
            return;
        }
        List<String> steps = new ArrayList<>();
        for (Program program : Program.values()) {
            Path base = base(program);
            deleteOthers(program, base);
            Path recorded = withSuffix(base, ".conf");
            if (Files.exists(recorded)) {
                steps.add(make(program, recorded, withSuffix(base, ".aot")));
            }
        }
        if (!steps.isEmpty()) {
            List<String> command = List.of("nice", "-n", "19", "/bin/sh", "-c", String.join("\n", steps));
            starter.start(new ProcessSpec("aot", command, Map.of(), 0, "", ""), log);
        }
    }

    /** The rename makes it appear whole; a recording that can't be used is not tried again. */
    private String make(Program program, Path recorded, Path cache) {
        Path fresh = withSuffix(cache, ".new");
        List<String> command = new ArrayList<>(program.command(root, Map.of()));
        command.addAll(
                1, List.of("-XX:AOTMode=create", "-XX:AOTConfiguration=" + recorded, "-XX:AOTCache=" + fresh, QUIET));
        if (program.isService()) {
            command.addAll(program.jar(root));
        }
        String words = String.join(" ", command.stream().map(AotCaches::quote).toList());
        return words + " && mv " + quote(fresh.toString()) + " " + quote(cache.toString()) + "; rm -f "
                + quote(recorded.toString()) + " " + quote(fresh.toString());
    }

    private void deleteOthers(Program program, Path base) {
        String current = String.valueOf(base.getFileName());
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith(program.module() + "-") && !name.startsWith(current)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            System.err.println("longhaul: old class data in " + directory + " can't be deleted: " + e);
        }
    }

    /** The JVM accepts a file only for the same JDK build and the same jars, down to their times. */
    private Path base(Program program) {
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
            throw new LocalException(program.module() + " has not been built: " + e, e);
        }
        return directory.resolve(program.module() + "-" + fingerprint.value());
    }

    private static Path withSuffix(Path path, String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    private static String quote(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
