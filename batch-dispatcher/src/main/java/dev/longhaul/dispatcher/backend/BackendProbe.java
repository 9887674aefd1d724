package dev.longhaul.dispatcher.backend;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/** Asks a backend for its models, which also tells whether it is up: any answer but 502, 503 and 504 does. Troubles are told once. */
final class BackendProbe {
    private static final Logger LOG = Logger.getLogger(BackendProbe.class);
    private static final long TIMEOUT_MILLIS = 5_000;
    private static final Set<Integer> DOWN = Set.of(502, 503, 504);

    private final HttpClient client;

    BackendProbe(Vertx vertx) {
        this.client = vertx.createHttpClient(new HttpClientOptions().setConnectTimeout((int) TIMEOUT_MILLIS));
    }

    /** When the future is complete, what came of it has been noted. */
    Future<Buffer> ask(Backend backend) {
        BackendAddress address = backend.address();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(address.host())
                .setPort(address.port())
                .setSsl(address.tls())
                .setURI(address.path("/v1/models"))
                .setTimeout(TIMEOUT_MILLIS);
        String authorization = backend.authorization();
        if (authorization != null) {
            options.putHeader("Authorization", authorization);
        }
        // One inside the other, on the event loop: who asks for the body in a later turn may have missed its end.
        return client.request(options)
                .compose(request -> request.send()
                        .compose(response -> response.body().map(body -> {
                            answered(backend, response, body);
                            return body;
                        })))
                .onFailure(failure -> goneDown(backend, String.valueOf(failure.getMessage())));
    }

    private static void answered(Backend backend, HttpClientResponse response, Buffer body) {
        if (DOWN.contains(response.statusCode())) {
            goneDown(backend, "status " + response.statusCode());
            return;
        }
        if (backend.namesItsModels()) {
            takeList(backend, response.statusCode(), body);
        }
        if (backend.setDown(false)) {
            LOG.infof("LH-D013 backend %s is back", backend.name());
        }
    }

    private static void takeList(Backend backend, int statusCode, Buffer body) {
        Set<String> models = statusCode == 200 ? modelIds(body) : Set.of();
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

    /** Empty when it is no list of models, or one of none: an engine that is still loading says so. */
    private static Set<String> modelIds(Buffer body) {
        try {
            JsonArray data = body.toJsonObject().getJsonArray("data", new JsonArray());
            return IntStream.range(0, data.size())
                    .mapToObj(data::getJsonObject)
                    .map((JsonObject model) -> Objects.requireNonNull(model.getString("id")))
                    .collect(Collectors.toSet());
        } catch (DecodeException | ClassCastException | NullPointerException e) {
            return Set.of();
        }
    }

    private static void goneDown(Backend backend, String why) {
        if (backend.setDown(true)) {
            LOG.warnf("LH-D014 backend %s does not answer: %s", backend.name(), why);
        }
    }
}
