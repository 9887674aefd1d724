package dev.longhaul.api.http;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The headers that every answer has, whoever gives it. */
@ApplicationScoped
class AnswerHeaders {
    private static final int BEFORE_ALL_OTHERS = 1_000;

    void register(@Observes Filters filters) {
        filters.register(AnswerHeaders::add, BEFORE_ALL_OTHERS);
    }

    private static void add(RoutingContext context) {
        long begun = System.nanoTime();
        MultiMap headers = context.response().headers();
        headers.set("x-request-id", newRequestId());
        headers.set("openai-version", "2020-10-01");
        context.addHeadersEndHandler(end -> headers.set(
                "openai-processing-ms", Long.toString(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun))));
        context.next();
    }

    private static String newRequestId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return "req_" + hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }
}
