package dev.longhaul.cli.local;

import dev.longhaul.cli.api.HttpTarget;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Gatherers;

/** Whether inference servers answer at all. Any answer counts: a server that wants a key is there. */
public final class BackendProbe {
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    private BackendProbe() {}

    /**
     * Those that gave no answer to {@code GET URL/models} in all that time; a server that just starts gets as long. All
     * are asked at once, however many there are: one that hangs takes no time from the others.
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
        return backends.stream()
                .gather(Gatherers.mapConcurrent(
                        backends.size(),
                        backend -> Waiting.until(patience, () -> answers(http, new HttpTarget(backend.url()), end))
                                ? Optional.<Backend>empty()
                                : Optional.of(backend)))
                .flatMap(Optional::stream)
                .toList();
    }

    /** An attempt may take what is left: a server that refused at first and then hangs doesn't get that time twice. */
    private static boolean answers(HttpClient http, HttpTarget target, long end) {
        if (target.isUncheckable()) {
            return true;
        }
        try {
            Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
            HttpRequest request = target.request("/models").timeout(left).build();
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
