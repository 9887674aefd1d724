package dev.longhaul.api.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;

/**
 * Refuses what is too long, or no URL, ahead of the body. The server under us has bounds of its own, which are wider: its refusal has neither
 * body nor id, and clients would take it for a broken connection.
 */
@ApplicationScoped
class RequestBounds {
    private static final int LONGEST_URI = 128 << 10;
    private static final int LONGEST_HEADERS = 64 << 10;
    private static final int BEFORE_RESOURCES = 900;
    private static final int BAD_REQUEST = 400;
    private static final int URI_TOO_LONG = 414;
    private static final int HEADERS_TOO_LARGE = 431;

    void register(@Observes Filters filters) {
        filters.register(RequestBounds::check, BEFORE_RESOURCES);
    }

    private static void check(RoutingContext context) {
        if (context.request().uri().length() > LONGEST_URI) {
            refuse(context, URI_TOO_LONG, "The request URL is longer than the maximum of " + LONGEST_URI + " bytes.");
        } else if (length(context.request().headers()) > LONGEST_HEADERS) {
            refuse(
                    context,
                    HEADERS_TOO_LARGE,
                    "The request headers are longer than the maximum of " + LONGEST_HEADERS + " bytes.");
        } else if (!isUri(context.request().uri())) {
            refuse(context, BAD_REQUEST, "The request URL is malformed.");
        } else {
            context.next();
        }
    }

    private static boolean isUri(String uri) {
        try {
            new URI(uri);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static int length(MultiMap headers) {
        int length = 0;
        for (Map.Entry<String, String> header : headers) {
            length += header.getKey().length() + header.getValue().length();
        }
        return length;
    }

    private static void refuse(RoutingContext context, int status, String message) {
        // Whatever follows such a head is better not read.
        context.response().putHeader("connection", "close");
        Refusals.answer(context, status, message)
                .onComplete(done -> context.request().connection().close());
    }
}
