package dev.longhaul.api;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Breaks one statement, begin or commit that serves an HTTP request, as an unreliable PostgreSQL would. One at a time. */
final class Faults {
    private static final Set<String> STEPS = Set.of("execute", "begin", "commit");

    /** What becomes of it; the caller sees a failure each time. */
    enum Fault {
        /** It never reaches PostgreSQL. */
        NOT_SENT,
        /** It is executed, and its answer is lost. */
        ANSWER_LOST,
        /** It is executed after the caller has given up and goes on. */
        LATE,
        /** It holds its locks until the caller has given up and goes on; then the session ends. */
        LATE_FAILURE
    }

    /** Requests run on threads with this name and a number. */
    static final String REQUESTS = "quarkus-virtual-thread-";

    private static final Map<String, LongAdder> COUNTS = new ConcurrentHashMap<>();
    private static final Object MONITOR = new Object();
    private static int remaining;
    private static Fault fault = Fault.NOT_SENT;
    private static List<Supplier<Future<?>>> late = new ArrayList<>();
    private static List<Future<?>> coming = new ArrayList<>();

    private Faults() {}

    /** Breaks the n-th step from now on. */
    static void breakStep(int n, Fault with) {
        synchronized (MONITOR) {
            remaining = n;
            fault = with;
        }
    }

    /** Breaks nothing any more, and waits for what is late; whether a step was broken. */
    static boolean mend() {
        boolean broken;
        synchronized (MONITOR) {
            broken = remaining <= 0;
            remaining = 0;
        }
        letCome();
        List<Future<?>> started;
        synchronized (MONITOR) {
            started = coming;
            coming = new ArrayList<>();
        }
        Future.join(started)
                .otherwiseEmpty()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        return broken;
    }

    private static void letCome() {
        List<Supplier<Future<?>>> due;
        synchronized (MONITOR) {
            due = late;
            late = new ArrayList<>();
        }
        due.forEach(step -> {
            Future<?> started = step.get();
            synchronized (MONITOR) {
                coming.add(started);
            }
        });
    }

    static Pool breakable(Pool pool) {
        return wrap(Pool.class, pool, new Connection());
    }

    /** What steps share that go through one connection; a pool's own statements have each a new one. */
    private static final class Connection {
        /** Who took it from the pool: the name of the thread, less the digits at its end. What runs later may run on another. */
        private final String threads = Thread.currentThread().getName().replaceAll("[0-9]+$", "");

        private volatile boolean stuck;
        private @Nullable SqlConnection real;

        /** Rolls back what is open. */
        Future<Void> giveBack() {
            SqlConnection taken = real;
            return taken == null ? Future.succeededFuture() : taken.close();
        }
    }

    private static <T> T wrap(Class<T> type, T target, Connection connection) {
        return type.cast(Proxy.newProxyInstance(
                Faults.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> call(target, method, arguments, connection)));
    }

    private static @Nullable Object call(Object target, Method method, Object[] arguments, Connection connection)
            throws Throwable {
        if (connection.stuck && method.getName().equals("close")) {
            // It goes back once what is late has come.
            return Future.succeededFuture();
        }
        Connection of = target instanceof Pool ? new Connection() : connection;
        if (!Future.class.isAssignableFrom(method.getReturnType())) {
            return wrapped(invoke(target, method, arguments), of);
        }
        Supplier<Future<?>> step = () -> Objects.requireNonNull((Future<?>) invoke(target, method, arguments))
                .map(result -> wrapped(result, of));
        boolean isStep = STEPS.contains(method.getName());
        if (isStep) {
            COUNTS.computeIfAbsent(of.threads, name -> new LongAdder()).increment();
        }
        return isStep && of.threads.equals(REQUESTS) ? step(step, of) : unlessStuck(step, of);
    }

    private static Future<?> unlessStuck(Supplier<Future<?>> step, Connection connection) {
        return connection.stuck ? Future.failedFuture("no answer") : step.get();
    }

    /** How many statements, begins and commits there were of all threads. */
    static long count() {
        return COUNTS.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** How many there were of threads with this name, less the digits at its end. */
    static long count(String threads) {
        LongAdder count = COUNTS.get(threads);
        return count == null ? 0 : count.sum();
    }

    private static Future<?> step(Supplier<Future<?>> step, Connection connection) {
        boolean breaks;
        synchronized (MONITOR) {
            breaks = remaining > 0 && --remaining == 0;
            if (breaks) {
                // From now on "broken".
                remaining = -1;
            }
        }
        if (!breaks) {
            Future<?> result = unlessStuck(step, connection);
            if (!connection.stuck) {
                letCome();
            }
            return result;
        }
        return switch (fault) {
            case NOT_SENT -> Future.failedFuture("not sent");
            case ANSWER_LOST -> {
                Promise<Object> lost = Promise.promise();
                step.get().onComplete(done -> lost.fail("answer lost"));
                yield lost.future();
            }
            case LATE -> stick(connection, () -> step.get().eventually(connection::giveBack));
            case LATE_FAILURE -> stick(connection, connection::giveBack);
        };
    }

    private static Future<?> stick(Connection connection, Supplier<Future<?>> whatComes) {
        connection.stuck = true;
        synchronized (MONITOR) {
            late.add(whatComes);
        }
        return Future.failedFuture("no answer within 30 s");
    }

    private static @Nullable Object wrapped(@Nullable Object result, Connection connection) {
        return switch (result) {
            case PgConnection pg -> {
                connection.real = pg;
                yield wrap(PgConnection.class, pg, connection);
            }
            case SqlConnection sql -> {
                connection.real = sql;
                yield wrap(SqlConnection.class, sql, connection);
            }
            case Transaction transaction -> wrap(Transaction.class, transaction, connection);
            case PreparedQuery<?> query -> wrap(PreparedQuery.class, query, connection);
            case null, default -> result;
        };
    }

    private static @Nullable Object invoke(Object target, Method method, Object[] arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
