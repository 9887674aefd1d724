package dev.longhaul.sim;

import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;

/**
 * Answers one inference request, well or badly as the faults say. Runs on the request's event loop; only embeddings are
 * computed elsewhere. A taken slot is given back before the answer goes out, so that a client which got its answer finds
 * the slot free.
 */
final class InferenceHandler {
    private static final Buffer GARBAGE = Buffer.buffer("<html><body>this is no JSON {\"");

    private final Backend backend;
    private final Vertx vertx;
    private final WorkerExecutor embedders;

    InferenceHandler(Backend backend, Vertx vertx) {
        this.backend = backend;
        this.vertx = vertx;
        // Shared by name among the event loops.
        this.embedders = vertx.createSharedWorkerExecutor(
                "embeddings", Runtime.getRuntime().availableProcessors());
    }

    void handle(HttpServerRequest http, Endpoint endpoint, String id) {
        http.bodyHandler(body -> serve(http.response(), endpoint, body.getBytes(), id));
    }

    private void serve(HttpServerResponse response, Endpoint endpoint, byte[] body, String id) {
        backend.counters().arrived();
        InferenceRequest request;
        try {
            request = RequestReader.read(endpoint, body);
        } catch (Refused e) {
            backend.lines().count(null, body);
            refuse(response, e.error());
            return;
        }
        backend.lines().count(request.user(), body);
        if (!backend.models().has(request.model())) {
            refuse(response, ApiError.unknownModel(request.model()));
            return;
        }
        var faults = faultsFor(body);
        if (!backend.counters().take(faults.slots())) {
            fail(response, 429, faults);
            return;
        }
        begin(new Exchange(response, endpoint, request, id, faults));
    }

    private void begin(Exchange exchange) {
        var directive = Directive.of(exchange.request.firstText());
        var status = directive == null ? 0 : directive.status();
        var fault = status == 0 ? exchange.faults.draw() : Faults.Kind.NOTHING;
        if (fault == Faults.Kind.HANG) {
            backend.counters().hung();
            exchange.response.closeHandler(closed -> backend.counters().release());
            return;
        }
        var delay = directive != null && directive.latencyMs() >= 0 ? directive.latencyMs() : exchange.faults.delay();
        if (delay == 0) {
            answer(exchange, fault, status);
            return;
        }
        var timer = vertx.setTimer(delay, due -> answer(exchange, fault, status));
        exchange.response.closeHandler(closed -> {
            // False when the timer was first: then the slot is free already.
            if (vertx.cancelTimer(timer)) {
                backend.counters().release();
            }
        });
    }

    private void answer(Exchange exchange, Faults.Kind fault, int status) {
        if (fault == Faults.Kind.ERROR || status >= 300) {
            backend.counters().release();
            fail(exchange.response, status >= 300 ? status : exchange.faults.errorStatus(), exchange.faults);
        } else if (exchange.endpoint == Endpoint.EMBEDDINGS) {
            embedders
                    .executeBlocking(() -> EmbeddingModel.answer(exchange.request), false)
                    .onComplete(done -> {
                        if (done.succeeded()) {
                            send(exchange, fault, status, done.result());
                        } else {
                            backend.counters().release();
                            refuse(
                                    exchange.response,
                                    new ApiError(500, "no embedding: " + done.cause(), "server_error", null, null));
                        }
                    });
        } else {
            send(exchange, fault, status, Answers.render(exchange.endpoint, exchange.request, exchange.id));
        }
    }

    private void send(Exchange exchange, Faults.Kind fault, int status, Buffer body) {
        backend.counters().release();
        var response = exchange.response;
        if (response.closed()) {
            return;
        }
        switch (fault) {
            case NOTHING -> end(response, status == 0 ? 200 : status, body);
            case GARBAGE -> end(response, 200, GARBAGE);
            case CUT -> {
                backend.counters().cut();
                BrokenAnswers.cut(response, body);
            }
            case HUGE -> {
                backend.counters().answered(200);
                BrokenAnswers.huge(response, body, exchange.faults.hugeBytes());
            }
            case HANG, ERROR -> throw new IllegalArgumentException(fault + " sends no answer");
        }
    }

    private void fail(HttpServerResponse response, int status, Faults faults) {
        if (faults.retryAfterS() > 0 && (status == 429 || status == 503)) {
            response.putHeader("Retry-After", String.valueOf(faults.retryAfterS()));
        }
        refuse(response, ApiError.simulated(status));
    }

    private void refuse(HttpServerResponse response, ApiError error) {
        if (!response.closed()) {
            end(response, error.status(), error.body());
        }
    }

    private void end(HttpServerResponse response, int status, Buffer body) {
        backend.counters().answered(status);
        Routes.end(response, status, body);
    }

    private Faults faultsFor(byte[] body) {
        var faults = backend.faults();
        return faults.match() == null || new String(body, StandardCharsets.UTF_8).contains(faults.match())
                ? faults
                : Faults.NONE;
    }

    /** A request that holds a slot, and what is needed to answer it. */
    private record Exchange(
            HttpServerResponse response, Endpoint endpoint, InferenceRequest request, String id, Faults faults) {}
}
