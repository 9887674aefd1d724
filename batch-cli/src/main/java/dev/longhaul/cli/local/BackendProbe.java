package dev.longhaul.cli.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** Whether inference servers answer at all. Any answer counts: a server that wants a key is there. */
public final class BackendProbe {
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    private BackendProbe() {}

    /**
     * Those that gave no answer to {@code GET URL/models} in all that time; a server that just starts gets as long. All
     * are asked at once, on threads of their own.
     */
    public static List<Backend> unreachable(List<Backend> backends, Duration patience) {
        if (backends.isEmpty()) {
            return List.of();
        }
        long end = System.nanoTime() + patience.toNanos();
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .build();
        return backends.parallelStream()
                .filter(backend -> !Waiting.until(patience, () -> answers(http, backend.url(), end)))
                .toList();
    }

    /** An attempt may take what is left: a server that refused at first and then hangs doesn't get that time twice. */
    private static boolean answers(HttpClient http, URI url, long end) {
        try {
            Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/models"))
                    .timeout(left)
                    .build();
            http.send(request, BodyHandlers.discarding());
            return true;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
