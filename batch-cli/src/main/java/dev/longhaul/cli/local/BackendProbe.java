package dev.longhaul.cli.local;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Whether inference servers answer at all. Any answer counts: a server that wants a key is there. */
public final class BackendProbe {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private BackendProbe() {}

    /** Those that gave no answer to {@code GET URL/models} within 5 s; all are asked at once. */
    public static List<Backend> unreachable(List<Backend> backends) {
        if (backends.isEmpty()) {
            return List.of();
        }
        try (HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build()) {
            List<CompletableFuture<Boolean>> answers = backends.stream()
                    .map(backend -> answers(http, backend.url()))
                    .toList();
            return java.util.stream.IntStream.range(0, backends.size())
                    .filter(index -> !isTrue(answers.get(index)))
                    .mapToObj(backends::get)
                    .toList();
        }
    }

    private static CompletableFuture<Boolean> answers(HttpClient http, URI url) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/models"))
                .timeout(PATIENCE)
                .build();
        return http.sendAsync(request, BodyHandlers.discarding()).handle((response, failure) -> failure == null);
    }

    private static boolean isTrue(CompletableFuture<Boolean> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
