package dev.longhaul.api.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.UriBuilder;
import jakarta.ws.rs.core.UriInfo;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Clients come with and without {@code /v1}, and some below {@code /api/llm}: here, and nowhere else, all become {@code /v1}. */
public class Paths {
    private static final String VERSION = "/v1";
    private static final String GATEWAY = "/api/llm";

    @ServerRequestFilter(preMatching = true)
    public void normalize(ContainerRequestContext request) {
        UriInfo uri = request.getUriInfo();
        String path = uri.getPath();
        String normal = normal(path);
        if (!normal.equals(path)) {
            request.setRequestUri(
                    UriBuilder.fromUri(uri.getRequestUri()).replacePath(normal).build());
        }
    }

    static String normal(String path) {
        String rest = isBelow(path, GATEWAY) ? path.substring(GATEWAY.length()) : path;
        return isBelow(rest, VERSION) ? rest : VERSION + rest;
    }

    private static boolean isBelow(String path, String prefix) {
        return path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
    }
}
