package dev.longhaul.api.http;

import dev.longhaul.api.errors.ApiException;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** How the headers are taken that negotiate the form of bodies: an answer has one form, and so has a request. */
@ApplicationScoped
public class RequestHeaders {
    private static final int BEFORE_RESOURCES = 800;
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;

    void register(@Observes Filters filters) {
        filters.register(RequestHeaders::forgetAccept, BEFORE_RESOURCES);
    }

    /** Clients ask for what they like, and are answered in JSON all the same. */
    private static void forgetAccept(RoutingContext context) {
        String path = context.request().path();
        if (path != null && !path.startsWith("/q/") && !path.startsWith("/openapi")) {
            context.request().headers().remove(HttpHeaders.ACCEPT);
        }
        context.next();
    }

    @ServerRequestFilter
    public void refuseEncodings(ContainerRequestContext request) {
        String encoding = request.getHeaderString(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.isBlank() && !encoding.strip().equalsIgnoreCase("identity")) {
            throw ApiException.of(
                    UNSUPPORTED_MEDIA_TYPE,
                    "Unsupported Content-Encoding '" + encoding.strip() + "': send the request body uncompressed.");
        }
    }
}
