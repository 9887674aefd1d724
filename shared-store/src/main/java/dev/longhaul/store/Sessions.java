package dev.longhaul.store;

import io.quarkus.vertx.VertxContextSupport;
import io.smallrye.mutiny.Uni;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.time.Duration;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/**
 * The one bridge from callers that may block to Hibernate Reactive, whose sessions live on a Vert.x context of their own. The
 * factory is looked up late, since the services that read no entity run without it.
 */
@ApplicationScoped
class Sessions {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Instance<Mutiny.SessionFactory> factory;

    Sessions(Instance<Mutiny.SessionFactory> factory) {
        this.factory = factory;
    }

    /** Reads without a transaction. */
    <T extends @Nullable Object> T read(Function<Mutiny.StatelessSession, Uni<T>> work) {
        return await(factory.get().withStatelessSession(work));
    }

    private static <T extends @Nullable Object> T await(Uni<T> work) {
        try {
            return VertxContextSupport.subscribeAndAwait(
                    () -> work.ifNoItem().after(TIMEOUT).fail());
        } catch (Throwable failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof PgException pg && Database.isRefusal(pg)) {
                    throw new StoreException("PostgreSQL refused a statement: " + pg.getMessage(), pg);
                }
            }
            throw new StoreUnavailableException("PostgreSQL cannot be reached: " + failure.getMessage(), failure);
        }
    }
}
