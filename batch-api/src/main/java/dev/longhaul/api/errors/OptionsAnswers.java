package dev.longhaul.api.errors;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Answers OPTIONS with what the one path takes; the framework names what all paths of its class take together. */
public class OptionsAnswers {

    @ServerResponseFilter
    public void allow(ContainerRequestContext request, ContainerResponseContext answer) {
        if (request.getMethod().equals(HttpMethod.OPTIONS)) {
            answer.getHeaders()
                    .putSingle(
                            HttpHeaders.ALLOW,
                            AllowedMethods.of(request.getUriInfo().getPath()));
        }
    }
}
