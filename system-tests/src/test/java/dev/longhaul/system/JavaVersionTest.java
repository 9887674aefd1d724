package dev.longhaul.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service says on a Java that is too old for it. */
class JavaVersionTest {
    private static final Path MACHINES = Path.of("/usr/lib/jvm");

    @ParameterizedTest
    @ValueSource(strings = {"batch-api", "batch-dispatcher", "batch-finalizer"})
    void everyServiceStartsWhereItsJavaIsChecked(String service) throws IOException {
        byte[] description = Files.readAllBytes(application(service).resolve("quarkus/quarkus-application.dat"));

        assertThat(new String(description, StandardCharsets.ISO_8859_1)).contains("dev.longhaul.start.ServiceMain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"batch-api", "batch-dispatcher", "batch-finalizer"})
    void anOlderJavaGetsOneLineThatSaysWhatIsNeeded(String service) {
        Stream<Path> older = olderJavas();
        assumeThat(older.findFirst()).as("a Java 17 to 24 in " + MACHINES).isPresent();
        Path java = olderJavas().findFirst().orElseThrow();

        Commands.Result result = Commands.run(
                Duration.ofSeconds(30),
                Map.of(),
                List.of(
                        java.toString(),
                        "-jar",
                        application(service).resolve("quarkus-run.jar").toString()));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines()).singleElement().asString().startsWith("longhaul: Java 25 or newer is needed");
    }

    private static Path application(String service) {
        return Stack.root().resolve(service).resolve("target/quarkus-app");
    }

    private static Stream<Path> olderJavas() {
        if (!Files.isDirectory(MACHINES)) {
            return Stream.empty();
        }
        try (Stream<Path> homes = Files.list(MACHINES)) {
            return homes
                    .filter(home -> home.getFileName().toString().matches(".*-(1\\.)?(17|18|19|2[0-4])\\b.*"))
                    .map(home -> home.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
