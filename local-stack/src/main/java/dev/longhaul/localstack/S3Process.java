package dev.longhaul.localstack;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The S3 server of the module {@code local-s3}, as a child of this process: it ends when this one does, even killed. */
final class S3Process implements LocalServer {
    static final String ACCESS_KEY = "longhaul";
    static final String SECRET_KEY = "longhaul-secret";

    private final Path data;
    private final int port;
    private @Nullable Process running;

    S3Process(Path data, int port) {
        this.data = data;
        this.port = port;
    }

    @Override
    public void start() throws IOException {
        if (running != null) {
            return;
        }
        Ports.requireFree("S3", port);
        Files.createDirectories(data.getParent());
        var log = data.resolveSibling("s3.log");
        var process = new ProcessBuilder(command(application()))
                .redirectError(Redirect.to(log.toFile()))
                .start();
        running = process;
        if (!"ready".equals(process.inputReader().readLine())) {
            stop();
            throw new IOException("S3 can't start: " + Files.readString(log).strip());
        }
    }

    @Override
    public void stop() throws IOException {
        if (running == null) {
            return;
        }
        running.destroy();
        try {
            running.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while S3 was ending", e);
        }
        running = null;
    }

    private List<String> command(Path application) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // The JVM's own warnings would go to the output on which this class waits.
                "-Xlog:disable",
                "-cp",
                application + "/*",
                "dev.longhaul.locals3.Main",
                "--data",
                data.toString(),
                "--port",
                String.valueOf(port),
                "--access-key",
                ACCESS_KEY,
                "--secret-key",
                SECRET_KEY,
                "--end-with-stdin");
    }

    /** Searched from the working directory upwards: a test's is its module's directory. */
    private static Path application() throws IOException {
        for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            var module = at.resolve("local-s3");
            if (Files.exists(module.resolve("pom.xml"))) {
                var application = module.resolve("target/app");
                if (!Files.isDirectory(application)) {
                    throw new IOException("local-s3 isn't built (no " + application
                            + "): run `mvn -Dquick -DskipTests -pl local-s3 package` in " + at);
                }
                return application;
            }
        }
        throw new IOException("no module local-s3 in " + Path.of("").toAbsolutePath() + " or above it");
    }
}
