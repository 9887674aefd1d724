package dev.longhaul.api.errors;

import io.quarkus.resteasy.reactive.server.runtime.ResteasyReactiveRecorder;
import jakarta.ws.rs.HttpMethod;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.resteasy.reactive.server.handlers.ClassRoutingHandler;
import org.jboss.resteasy.reactive.server.handlers.RestInitialHandler.InitialMatch;
import org.jboss.resteasy.reactive.server.mapping.RequestMapper;
import org.jboss.resteasy.reactive.server.mapping.RequestMapper.RequestMatch;
import org.jboss.resteasy.reactive.server.spi.ServerRestHandler;

/** What may be asked of a path. The framework knows when it refuses a method, and does not say. */
final class AllowedMethods {
    private AllowedMethods() {}

    /** The methods in order, as the header {@code Allow} has them; a rare question, so nothing is kept. */
    static String of(String path) {
        Set<String> methods = new TreeSet<>(Set.of(HttpMethod.OPTIONS));
        RequestMatch<InitialMatch> type = new RequestMapper<>(
                        ResteasyReactiveRecorder.getCurrentDeployment().getClassMappers())
                .map(path);
        if (type != null) {
            for (ServerRestHandler handler : type.value.handlers) {
                if (handler instanceof ClassRoutingHandler routes) {
                    add(methods, routes, type.remaining.isEmpty() ? "/" : type.remaining);
                }
            }
        }
        if (methods.contains(HttpMethod.GET)) {
            methods.add(HttpMethod.HEAD);
        }
        return String.join(", ", methods);
    }

    private static void add(Set<String> methods, ClassRoutingHandler routes, String rest) {
        routes.getMappers().forEach((method, paths) -> {
            // One mapper, without a method, stands for what is beneath another resource.
            if (method != null && paths.map(rest) != null) {
                methods.add(method);
            }
        });
    }
}
