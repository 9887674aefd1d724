package dev.longhaul.dispatcher.backend;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Asks a backend for its models, which also tells whether it can be reached at all: any answer does. Whether its models can be called
 * is taught by the answers to lines, for a gateway may answer this itself. Troubles are told once.
 */
final class BackendProbe {
    private static final Logger LOG = Logger.getLogger(BackendProbe.class);
    private static final String LIST = "/v1/models";
    private static final long TIMEOUT_SECONDS = 5;
    /** Some routers list thousands of models, each with its prices. */
    static final int MOST_BYTES = 4 << 20;

    private final Backend backend;
    private final BackendConnections connections;

    BackendProbe(Vertx vertx, Backend backend) {
        this.backend = backend;
        this.connections = new BackendConnections(vertx, backend, 1);
    }

    /** When the future is complete, what came of it has been noted. One at a time. */
    Future<Void> ask() {
        Promise<Void> asked = Promise.promise();
        connections.open(HttpMethod.GET, LIST, (request, failure) -> {
            if (request == null) {
                asked.fail(failure);
            } else {
                send(request, asked);
            }
        });
        return asked.future()
                .timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .onFailure(failure -> goneDown(String.valueOf(failure.getMessage())));
    }

    private void send(HttpClientRequest request, Promise<Void> asked) {
        request.idleTimeout(TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS));
        request.send().onFailure(asked::tryFail).onSuccess(response -> {
            Buffer body = Buffer.buffer();
            response.exceptionHandler(asked::tryFail);
            response.handler(part -> {
                if (body.length() <= MOST_BYTES) {
                    body.appendBuffer(part);
                } else {
                    request.reset();
                }
            });
            response.endHandler(end -> {
                answered(response, body);
                asked.tryComplete();
            });
        });
    }

    private void answered(HttpClientResponse response, Buffer body) {
        backend.listAnswered(response.statusCode() == 200);
        if (backend.namesItsModels()) {
            takeList(response.statusCode(), body);
        }
        if (backend.setDown(false)) {
            LOG.infof("LH-D013 backend %s is back", backend.name());
        }
    }

    private void takeList(int statusCode, Buffer body) {
        Set<String> models = statusCode == 200 ? ModelList.read(body) : Set.of();
        if (models.isEmpty()) {
            String trouble = statusCode == 200 ? "no list of models" : "status " + statusCode;
            if (backend.namedNoModels(trouble)) {
                LOG.warnf(
                        "LH-D012 backend %s does not name its models, /v1/models: %s; set longhaul.backends.%s.models, or see to its key",
                        backend.name(), trouble, backend.name());
            }
        } else if (backend.learnModels(models)) {
            LOG.infof("LH-D011 backend %s serves its own list of models: %d", backend.name(), models.size());
        }
    }

    private void goneDown(String why) {
        backend.listAnswered(false);
        if (backend.setDown(true)) {
            LOG.warnf("LH-D014 backend %s does not answer: %s", backend.name(), why);
        }
    }
}
