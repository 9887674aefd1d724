package dev.longhaul.sim;

import io.netty.util.AsciiString;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Objects;

/** Sends each request where it belongs. One for each event loop. */
final class Routes implements Handler<HttpServerRequest> {
    static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    static final CharSequence REQUEST_ID = AsciiString.cached("x-request-id");

    private final Backend backend;
    private final InferenceHandler inference;
    private final AdminHandler admin;

    Routes(Backend backend, Vertx vertx) {
        this.backend = backend;
        this.inference = new InferenceHandler(backend, vertx);
        this.admin = new AdminHandler(backend);
    }

    @Override
    public void handle(HttpServerRequest request) {
        var id = backend.nextId();
        request.response().headers().add(REQUEST_ID, "req_".concat(id)).add(HttpHeaders.CONTENT_TYPE, JSON);
        // Null for a target that is no path, such as the * of OPTIONS.
        var path = Objects.requireNonNullElse(request.path(), "");
        var endpoint = Endpoint.of(path);
        if (endpoint != null) {
            if (request.method() == HttpMethod.POST) {
                inference.handle(request, endpoint, id);
            } else {
                wrongMethod(request, "POST");
            }
        } else if (path.equals("/v1/models") || path.equals("/models")) {
            request.response().end(backend.models().list());
        } else if (path.equals("/health")) {
            request.response().end("{\"status\":\"ok\"}");
        } else if (path.startsWith("/admin/")) {
            admin.handle(request, path);
        } else {
            unknown(request);
        }
    }

    static void unknown(HttpServerRequest request) {
        end(
                request.response(),
                new ApiError(
                        404,
                        "Invalid URL (" + request.method() + " " + request.path() + ")",
                        "invalid_request_error",
                        null,
                        null));
    }

    static void wrongMethod(HttpServerRequest request, String allowed) {
        request.response().putHeader("Allow", allowed);
        end(
                request.response(),
                new ApiError(
                        405,
                        "Not allowed to " + request.method() + " on " + request.path() + " (HINT: " + allowed + ")",
                        "invalid_request_error",
                        null,
                        "method_not_supported"));
    }

    static void end(HttpServerResponse response, ApiError error) {
        end(response, error.status(), error.body());
    }

    static void end(HttpServerResponse response, int status, Buffer body) {
        response.setStatusCode(status).end(body);
    }
}
