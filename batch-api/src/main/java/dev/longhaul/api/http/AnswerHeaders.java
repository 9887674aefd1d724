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
    private static final String REQUEST_ID = "x-request-id";

    void register(@Observes Filters filters) {
        filters.register(AnswerHeaders::handle, BEFORE_ALL_OTHERS);
    }

    private static void handle(RoutingContext context) {
        addTo(context);
        context.next();
    }

    /** Adds them, unless they are there. */
    static void addTo(RoutingContext context) {
        if (context.response().headers().contains(REQUEST_ID)) {
            return;
        }
        long begun = System.nanoTime();
        MultiMap headers = context.response().headers();
        headers.set(REQUEST_ID, newRequestId());
        headers.set("openai-version", "2020-10-01");
        context.addHeadersEndHandler(end -> headers.set(
                "openai-processing-ms", Long.toString(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun))));
    }

    private static String newRequestId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return "req_" + hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }
}
