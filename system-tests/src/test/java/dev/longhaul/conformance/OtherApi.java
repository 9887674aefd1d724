package dev.longhaul.conformance;

import dev.longhaul.system.FreePort;
import dev.longhaul.system.Stack;
import dev.longhaul.system.Tester;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;

/** A second batch-api beside the stack's own, with other settings and the same servers. */
final class OtherApi implements AutoCloseable {
    private final Process process;
    private final URI base;

    private OtherApi(Process process, URI base) {
        this.process = process;
        this.base = base;
    }

    /** Starts one and waits until it is ready. */
    static OtherApi start(Tester tester, Map<String, String> settings) {
        int port = FreePort.choose();
        Path log = tester.stack().data().resolve("logs/other-api-" + port + ".log");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-jar",
                        Stack.root()
                                .resolve("batch-api/target/quarkus-app/quarkus-run.jar")
                                .toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(tester.stack().variables());
        builder.environment().put("LONGHAUL_HTTP_PORT", Integer.toString(port));
        builder.environment().putAll(settings);
        try {
            OtherApi api = new OtherApi(builder.start(), URI.create("http://127.0.0.1:" + port));
            Awaitility.await("the other batch-api is ready; its log is " + log)
                    .atMost(Duration.ofMinutes(2))
                    .until(api::isReady);
            return api;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Such as {@code http://127.0.0.1:8700}. */
    URI base() {
        return base;
    }

    private boolean isReady() throws InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                                    HttpRequest.newBuilder(base.resolve("/q/health/ready"))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
