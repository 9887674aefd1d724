package dev.longhaul.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DatabaseWithoutServerTest {
    private static final int POOL_TIMEOUT_MILLIS = 100;

    private final Vertx vertx = Vertx.vertx();
    private final List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    private final Pool pool = PgBuilder.pool()
            .connectingTo(new PgConnectOptions()
                    .setHost("127.0.0.1")
                    .setPort(1)
                    .setDatabase("none")
                    .setUser("none"))
            .with(new PoolOptions()
                    .setConnectionTimeout(POOL_TIMEOUT_MILLIS)
                    .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
            .using(vertx)
            .build();

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** Statements given to the pool itself keep the pool's timer running, which fails them once more and logs a stack trace. */
    @Test
    void shouldReportAServerThatRefusesOnceAndToTheCallerAlone() {
        vertx.exceptionHandler(uncaught::add);

        assertThatThrownBy(() -> new Database(pool).run("select 1")).isInstanceOf(StoreUnavailableException.class);

        CompletableFuture<Void> poolTimeoutIsOver = new CompletableFuture<>();
        vertx.setTimer(2 * POOL_TIMEOUT_MILLIS, timer -> poolTimeoutIsOver.complete(null));
        poolTimeoutIsOver.join();
        assertThat(uncaught).isEmpty();
    }
}
