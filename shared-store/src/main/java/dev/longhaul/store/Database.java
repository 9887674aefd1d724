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
    private static final long READY_SECONDS = 2;
    /** serialization_failure and deadlock_detected: the transaction may simply be run again. */
    private static final Set<String> REPEATABLE = Set.of("40001", "40P01");
    /**
     * What says nothing against a statement: a lock that was not free in time, a session that PostgreSQL ended because it was idle in a
     * transaction, and a server that was a primary until just now.
     */
    private static final Set<String> OF_THE_MOMENT = Set.of("55P03", "25P03", "25006");

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

    /**
     * Whether PostgreSQL answers now.
     *
     * @throws StoreException if it does not within 2 s
     */
    public boolean isReady() {
        return await(pool.query("select 1").execute(), READY_SECONDS).size() == 1;
    }

    /** Opens a session of its own, apart from those that the statements here run in. */
    public Session openSession() {
        return new Session(connect());
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

    /**
     * Whether PostgreSQL is there and refuses the statement itself. Its class 57 is for shutting down, starting up and statements that it
     * gave up, 53 for too many connections, 08 for connections that broke.
     */
    static boolean isRefusal(PgException e) {
        String state = e.getSqlState();
        return state != null
                && !OF_THE_MOMENT.contains(state)
                && !state.startsWith("57")
                && !state.startsWith("53")
                && !state.startsWith("08");
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
        return await(future, TIMEOUT_SECONDS);
    }

    static <T> T await(Future<T> future, long seconds) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            if (cause instanceof PgException pg && isRefusal(pg)) {
                throw new StoreException("PostgreSQL refused a statement: " + pg.getMessage(), pg);
            }
            throw new StoreUnavailableException("PostgreSQL cannot be reached: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new StoreUnavailableException("PostgreSQL did not answer within " + seconds + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted while waiting for PostgreSQL", e);
        }
    }
}
