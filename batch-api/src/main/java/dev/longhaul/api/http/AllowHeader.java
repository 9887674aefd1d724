package dev.longhaul.api.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.ws.rs.Path;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Says in {@code Allow} what a path takes. The framework says nothing to a method that it does not know, and to OPTIONS what all
 * paths of one class take together.
 */
@ApplicationScoped
class AllowHeader {
    private static final int BEFORE_RESOURCES = 950;
    private static final int NOT_ALLOWED = 405;

    private final Map<String, TreeSet<String>> methods = new TreeMap<>();

    AllowHeader(BeanManager beans) {
        for (Bean<?> bean : beans.getBeans(Object.class, Any.Literal.INSTANCE)) {
            Path root = bean.getBeanClass().getAnnotation(Path.class);
            if (root != null) {
                for (Method method : bean.getBeanClass().getMethods()) {
                    note(root.value(), method);
                }
            }
        }
    }

    void register(@Observes Filters filters) {
        filters.register(this::add, BEFORE_RESOURCES);
    }

    private void note(String root, Method method) {
        for (Annotation annotation : method.getAnnotations()) {
            jakarta.ws.rs.HttpMethod verb = annotation.annotationType().getAnnotation(jakarta.ws.rs.HttpMethod.class);
            if (verb != null) {
                Path below = method.getAnnotation(Path.class);
                String path = below == null ? root : root + "/" + below.value();
                TreeSet<String> all = methods.computeIfAbsent(pattern(path), key -> new TreeSet<>());
                all.add("OPTIONS");
                all.add(verb.value());
                if (verb.value().equals("GET")) {
                    all.add("HEAD");
                }
            }
        }
    }

    private static String pattern(String path) {
        return path.replaceAll("/+", "/").replaceAll("\\{[^}]*}", "[^/]+");
    }

    private void add(RoutingContext context) {
        context.addHeadersEndHandler(end -> {
            boolean asks = context.request().method().equals(HttpMethod.OPTIONS);
            if (asks || context.response().getStatusCode() == NOT_ALLOWED) {
                String path = Paths.normal(context.normalizedPath());
                methods.forEach((pattern, verbs) -> {
                    if (Pattern.matches(pattern, path)) {
                        context.response().headers().set("Allow", String.join(", ", verbs));
                    }
                });
            }
        });
        context.next();
    }
}
