package dev.longhaul.store;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The pool of connections to PostgreSQL, with time limits at both ends. PostgreSQL ends a session that sleeps within a transaction or
 * whose host is gone, so that its locks block nobody for more than 10 s. This side closes a connection that has been silent for
 * {@link #SILENCE}, so that one whose packets are swallowed does not occupy its place in the pool.
 */
@Singleton
public class PostgresPool implements PgPoolCreator {
    /** No connection may be silent for longer, whether it waits for an answer or for work. */
    static final Duration SILENCE = Duration.ofSeconds(30);

    private static final Duration CONNECT = Duration.ofSeconds(5);
    /** PostgreSQL's own limits, by the names of its parameters. They end before any lease of a successor does. */
    private static final Map<String, String> SERVER_LIMITS = Map.of(
            "idle_in_transaction_session_timeout", "5s",
            "lock_timeout", "8s",
            "statement_timeout", "20s",
            "tcp_user_timeout", "8s",
            "tcp_keepalives_idle", "4",
            "tcp_keepalives_interval", "2",
            "tcp_keepalives_count", "2");

    private final String applicationName;

    PostgresPool(@ConfigProperty(name = "quarkus.application.name") String applicationName) {
        this.applicationName = applicationName;
    }

    @Override
    public Pool create(Input input) {
        return create(input.vertx(), input.poolOptions(), input.pgConnectOptionsList(), applicationName, SILENCE);
    }

    /**
     * Creates a pool. What the options already set of PostgreSQL's parameters stays.
     *
     * @param silence after which a connection that receives nothing is closed; statements must be quicker than two thirds of it
     */
    public static Pool create(
            Vertx vertx, PoolOptions pool, List<PgConnectOptions> servers, String applicationName, Duration silence) {
        for (PgConnectOptions server : servers) {
            Map<String, String> properties = new HashMap<>(SERVER_LIMITS);
            properties.put("application_name", "longhaul/" + applicationName);
            server.getProperties().forEach((name, value) -> {
                if (!value.equals(PgConnectOptions.DEFAULT_PROPERTIES.get(name))) {
                    properties.put(name, value);
                }
            });
            properties.forEach(server::addProperty);
            server.setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
            server.setReadIdleTimeout((int) silence.toMillis());
            server.setConnectTimeout((int) CONNECT.toMillis());
            server.setTcpKeepAlive(true);
        }
        // A connection leaves the pool long before its silence would be held against the next statement.
        pool.setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout((int) silence.dividedBy(3).toMillis());
        AtomicInteger turn = new AtomicInteger();
        return PgBuilder.pool()
                .with(pool)
                .connectingTo(() ->
                        Future.succeededFuture(servers.get(Math.floorMod(turn.getAndIncrement(), servers.size()))))
                .using(vertx)
                .build();
    }
}
