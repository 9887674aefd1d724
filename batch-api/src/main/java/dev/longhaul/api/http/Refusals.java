package dev.longhaul.api.http;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Errors of OpenAI's shape for requests that do not reach a resource. */
final class Refusals {
    private static final int SERVER_ERROR = 500;

    private Refusals() {}

    static Future<Void> answer(RoutingContext context, int status, String message) {
        JsonObject error = new JsonObject()
                .put("message", message)
                .put("type", status >= SERVER_ERROR ? "server_error" : "invalid_request_error")
                .putNull("param")
                .putNull("code");
        context.response().setStatusCode(status).putHeader("content-type", "application/json");
        if (status < SERVER_ERROR) {
            context.response().putHeader("x-should-retry", "false");
        }
        return context.response().end(new JsonObject().put("error", error).encode());
    }
}
