package dev.longhaul.dispatcher.backend;

import com.sun.net.httpserver.HttpServer;
import dev.longhaul.dispatcher.DispatcherTester;
import dev.longhaul.store.Database;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A backend that answers {@code /v1/models} as it is told, and nothing else; and who asks it. */
public final class ModelServer implements AutoCloseable {
    private final HttpServer server;
    private final List<Backends> asking = new ArrayList<>();
    private volatile int status = 404;
    private volatile String body = "{}";

    public ModelServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/v1/models", exchange -> DispatcherTester.reply(exchange, status, body));
        server.start();
    }

    /** Its base URL. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    /** What it answers from now on. */
    public void answers(int newStatus, String newBody) {
        status = newStatus;
        body = newBody;
    }

    /** Names these models from now on. */
    public void names(String... models) {
        answers(
                200,
                Arrays.stream(models)
                        .map(model -> "{\"id\":\"" + model + "\"}")
                        .collect(Collectors.joining(",", "{\"data\":[", "]}")));
    }

    /** Backends of which it is the only one, asked from now on until this is closed. */
    public Backends asked(Vertx vertx) {
        return asked(vertx, "late", url());
    }

    /** Backends of which one of that name and URL is the only one, asked from now on until this is closed. */
    public Backends asked(Vertx vertx, String name, String url) {
        BackendsConfig config = new SmallRyeConfigBuilder()
                .withMapping(BackendsConfig.class)
                .withConverter(Duration.class, 100, new io.quarkus.runtime.configuration.DurationConverter())
                .withDefaultValue("longhaul.backends." + name + ".url", url)
                .build()
                .getConfigMapping(BackendsConfig.class);
        Backends backends = new Backends(config, vertx);
        backends.start(new StartupEvent());
        asking.add(backends);
        return backends;
    }

    /** The memory of these backends in a database; kept up to date only where a test starts it. */
    public static ModelMemory memory(Database database, Backends backends) {
        return new ModelMemory(database, backends);
    }

    @Override
    public void close() {
        asking.forEach(backends -> backends.stop(new ShutdownEvent()));
        server.stop(0);
    }
}
