package dev.longhaul.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the rules look at: the classes of all modules, and their sources. */
final class Longhaul {
    static final String MODEL = "dev.longhaul.model..";
    static final String STORE = "dev.longhaul.store..";
    static final List<String> SERVICES =
            List.of("dev.longhaul.api..", "dev.longhaul.dispatcher..", "dev.longhaul.finalizer..");
    /** Development tools and the command line: they are processes of their own, and no service knows them. */
    static final List<String> PROGRAMS =
            List.of("dev.longhaul.cli..", "dev.longhaul.localstack..", "dev.longhaul.locals3..", "dev.longhaul.sim..");

    static final JavaClasses CLASSES = new ClassFileImporter()
            .importPackages("dev.longhaul")
            .that(DescribedPredicate.describe(
                    "are under test", type -> !type.getPackageName().equals("dev.longhaul.architecture")));

    private Longhaul() {}

    /** The Java sources under {@code MODULE/src/FOLDER/java} of all modules. */
    static List<Path> sources(String folder) {
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            return modules.map(module -> module.resolve("src").resolve(folder).resolve("java"))
                    .filter(Files::isDirectory)
                    .flatMap(Longhaul::javaFiles)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> javaFiles(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
