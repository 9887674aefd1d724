package dev.longhaul.store;

import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL for callers that may block: virtual threads and threads of their own, never an event loop. Every method throws
 * {@link StoreUnavailableException} when PostgreSQL cannot be reached or does not answer within 30 s.
 */
@ApplicationScoped
public class Database {
    private static final long TIMEOUT_SECONDS = 30;
    private static final int ATTEMPTS = 5;
    /** serialization_failure and deadlock_detected: the transaction may simply be run again. */
    private static final Set<String> REPEATABLE = Set.of("40001", "40P01");

    private final Pool pool;

    public Database(Pool pool) {
        this.pool = pool;
    }

    /**
     * Runs one statement in a transaction of its own. Not by the pool's own {@code preparedQuery}: when no connection can be
     * made, its time-out stays armed and fails the statement a second time, 30 s later, with a stack trace in the log.
     */
    public RowSet<Row> run(String sql, @Nullable Object... parameters) {
        return repeated(() -> {
            SqlConnection connection = connect();
            try {
                return await(connection.preparedQuery(sql).execute(Tuple.wrap(parameters)));
            } finally {
                connection.close();
            }
        });
    }

    /** A connection of the pool. One that comes after its caller has given up goes back. */
    private SqlConnection connect() {
        Future<SqlConnection> connection = pool.getConnection();
        try {
            return await(connection);
        } catch (StoreException e) {
            connection.onSuccess(SqlConnection::close);
            throw e;
        }
    }

    /** Runs the work in one transaction, again from its start after a serialization failure or deadlock; so it must be repeatable. */
    public <T> T inTransaction(Function<Transaction, T> work) {
        for (int attempt = 1; ; attempt++) {
            SqlConnection connection = connect();
            try {
                io.vertx.sqlclient.Transaction transaction = await(connection.begin());
                try {
                    Transaction open = new Transaction(connection);
                    T result = work.apply(open);
                    await(transaction.commit());
                    open.afterCommit.forEach(Runnable::run);
                    return result;
                } catch (RuntimeException e) {
                    rollBackQuietly(transaction);
                    if (attempt == ATTEMPTS || !isRepeatable(e)) {
                        throw e;
                    }
                }
            } finally {
                connection.close();
            }
        }
    }

    /** An open transaction; belongs to the thread that runs the work. */
    public static final class Transaction {
        private final SqlConnection connection;
        private final Set<Runnable> afterCommit = new LinkedHashSet<>();

        private Transaction(SqlConnection connection) {
            this.connection = connection;
        }

        /** Runs one statement. */
        public RowSet<Row> run(String sql, @Nullable Object... parameters) {
            return await(connection.preparedQuery(sql).execute(Tuple.wrap(parameters)));
        }

        /** Runs something once after the commit, and not at all if there is none; it must not throw. */
        public void afterCommit(Runnable action) {
            afterCommit.add(action);
        }
    }

    /** A connection kept for its session's sake (advisory locks); its end is the session's end. */
    public Session openSession() {
        return new Session(connect());
    }

    /** See {@link #openSession}. */
    public static final class Session implements AutoCloseable {
        private final SqlConnection connection;
        private volatile boolean open = true;

        private Session(SqlConnection connection) {
            this.connection = connection;
            connection.closeHandler(closed -> open = false);
        }

        /** Whether PostgreSQL has not ended the session. */
        public boolean isOpen() {
            return open;
        }

        /** Runs one statement in the session. */
        public RowSet<Row> run(String sql, @Nullable Object... parameters) {
            return await(connection.preparedQuery(sql).execute(Tuple.wrap(parameters)));
        }

        /** Ends the session for good: the connection does not go back to the pool with locks on it. */
        @Override
        public void close() {
            if (open) {
                connection
                        .query("select pg_terminate_backend(pg_backend_pid())")
                        .execute();
                connection.close();
            }
        }
    }

    private static RowSet<Row> repeated(Supplier<RowSet<Row>> statement) {
        for (int attempt = 1; ; attempt++) {
            try {
                return statement.get();
            } catch (StoreException e) {
                if (attempt == ATTEMPTS || !isRepeatable(e)) {
                    throw e;
                }
            }
        }
    }

    /** Whether PostgreSQL is there and says no; 57 is its class for shutting down, starting up and the like, 53 for too many connections. */
    static boolean isRefusal(PgException e) {
        String state = e.getSqlState();
        return state != null && !state.startsWith("57") && !state.startsWith("53");
    }

    private static boolean isRepeatable(RuntimeException e) {
        return e.getCause() instanceof PgException pg && REPEATABLE.contains(pg.getSqlState());
    }

    private static void rollBackQuietly(io.vertx.sqlclient.Transaction transaction) {
        try {
            await(transaction.rollback());
        } catch (StoreException e) {
            // The connection is gone or the transaction already ended: PostgreSQL has rolled it back, and the cause is
            // on its way.
        }
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            if (cause instanceof PgException pg && isRefusal(pg)) {
                throw new StoreException("PostgreSQL refused a statement: " + pg.getMessage(), pg);
            }
            throw new StoreUnavailableException("PostgreSQL cannot be reached: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new StoreUnavailableException("PostgreSQL did not answer within " + TIMEOUT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted while waiting for PostgreSQL", e);
        }
    }
}
