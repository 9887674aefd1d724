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
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(patience)
                .build();
        return backends.parallelStream()
                .filter(backend -> !Waiting.until(patience, () -> answers(http, backend.url(), patience)))
                .toList();
    }

    private static boolean answers(HttpClient http, URI url, Duration patience) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/models"))
                    .timeout(patience)
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
