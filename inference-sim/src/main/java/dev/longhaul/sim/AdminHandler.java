package dev.longhaul.sim;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/** Faults and counters at run time. */
final class AdminHandler {
    private final Backend backend;

    AdminHandler(Backend backend) {
        this.backend = backend;
    }

    void handle(HttpServerRequest request, String path) {
        switch (path) {
            case "/admin/faults" -> faults(request);
            case "/admin/counters" -> counters(request);
            case "/admin/lines" -> lines(request);
            default -> Routes.unknown(request);
        }
    }

    private void faults(HttpServerRequest request) {
        var method = request.method();
        if (method == HttpMethod.GET) {
            showFaults(request);
        } else if (method == HttpMethod.PUT) {
            request.bodyHandler(body -> setFaults(request, body, Faults.NONE));
        } else if (method == HttpMethod.PATCH) {
            request.bodyHandler(body -> setFaults(request, body, backend.faults()));
        } else {
            Routes.wrongMethod(request, "GET, PUT, PATCH");
        }
    }

    private void setFaults(HttpServerRequest request, Buffer body, Faults base) {
        try {
            var wanted = FaultsJson.parse(body.getBytes(), base);
            backend.faults(wanted.faults());
            if (wanted.countLines() != null) {
                backend.lines().on(wanted.countLines());
            }
            showFaults(request);
        } catch (Refused e) {
            Routes.end(request.response(), e.error());
        }
    }

    private void showFaults(HttpServerRequest request) {
        request.response().end(new FaultsJson(backend.faults(), backend.lines().on()).text());
    }

    private void counters(HttpServerRequest request) {
        if (request.method() == HttpMethod.DELETE) {
            backend.counters().reset();
            backend.lines().reset();
        } else if (request.method() != HttpMethod.GET) {
            Routes.wrongMethod(request, "GET, DELETE");
            return;
        }
        request.response().end(backend.counters().json());
    }

    private void lines(HttpServerRequest request) {
        if (request.method() == HttpMethod.GET) {
            backend.lines().writeTo(request.response(), "true".equals(request.getParam("detail")));
        } else {
            Routes.wrongMethod(request, "GET");
        }
    }
}
