package dev.longhaul.api.http;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;

/**
 * Answers what fails ahead of the resources: a Host or URL that nobody can read, a path that no route takes. The framework would do
 * so in its own words, without an id, and log a client's mistake as an error of ours.
 */
@ApplicationScoped
class UnroutedRequests {
    private static final Logger LOG = Logger.getLogger(UnroutedRequests.class);
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int SERVER_ERROR = 500;

    void register(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(UnroutedRequests::failed);
        router.errorHandler(BAD_REQUEST, UnroutedRequests::failed);
        router.errorHandler(NOT_FOUND, UnroutedRequests::failed);
    }

    private static void failed(RoutingContext context) {
        if (context.response().headWritten() || context.response().ended()) {
            // An answer that broke off; the framework closes the connection.
            context.next();
            return;
        }
        int status = context.statusCode() < BAD_REQUEST ? SERVER_ERROR : context.statusCode();
        if (status >= SERVER_ERROR) {
            LOG.errorf(context.failure(), "statusCode=%d", status);
        }
        AnswerHeaders.addTo(context);
        Refusals.answer(context, status, message(context, status));
    }

    private static String message(RoutingContext context, int status) {
        if (status >= SERVER_ERROR) {
            return "The server had an error while processing the request.";
        }
        if (status == NOT_FOUND) {
            return "Unknown request URL: " + context.request().uri() + ".";
        }
        if (status != BAD_REQUEST) {
            return "The request was refused with status " + status + ".";
        }
        return context.request().authority() == null
                ? "The Host header is missing or invalid."
                : "The request URL is malformed.";
    }
}
