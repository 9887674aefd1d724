package dev.longhaul.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longhaul.localstack.LocalStack;
import dev.longhaul.localstack.Part;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Time limits at both ends of a connection, on a real PostgreSQL. */
class DatabaseTest {
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private static @Nullable LocalStack stack;
    private static final Vertx VERTX = Vertx.vertx();

    @BeforeAll
    static void start() throws Exception {
        stack = LocalStack.start(Files.createTempDirectory("store-test"), Part.POSTGRES);
        database(2, SILENCE).run("create table spot (id text primary key, n integer not null default 0)");
    }

    @AfterAll
    static void stop() throws IOException {
        VERTX.close();
        stack().close();
    }

    private static LocalStack stack() {
        if (stack == null) {
            throw new IllegalStateException("not started");
        }
        return stack;
    }

    private static Database database(int connections, Duration silence) {
        return database(URI.create(stack().postgresUrl()).getPort(), connections, silence);
    }

    private static Database database(int port, int connections, Duration silence) {
        return database(options().setPort(port), connections, silence);
    }

    private static Database database(PgConnectOptions server, int connections, Duration silence) {
        return new Database(PostgresPool.create(
                VERTX,
                new PoolOptions().setMaxSize(connections).setPoolCleanerPeriod(100),
                List.of(server),
                "test",
                silence));
    }

    private static PgConnectOptions options() {
        return PgConnectOptions.fromUri(stack().postgresUrl())
                .setUser(stack().postgresUser())
                .setPassword(stack().postgresUser());
    }

    @Test
    void aHolderAsleepWithinATransactionBlocksNobodyForLong() throws InterruptedException {
        Database database = database(2, SILENCE);
        database.run("insert into spot (id) values ('held')");
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        List<String> ends = new CopyOnWriteArrayList<>();
        Thread sleeper = Thread.startVirtualThread(() -> {
            try {
                database.inTransaction(transaction -> {
                    transaction.run("update spot set n = 1 where id = 'held'");
                    taken.countDown();
                    awaitQuietly(over);
                    return transaction.run("update spot set n = 2 where id = 'held'");
                });
                ends.add("committed");
            } catch (StoreException e) {
                ends.add(e.getClass().getSimpleName());
            }
        });
        taken.await();

        long before = System.nanoTime();
        database(1, SILENCE).run("update spot set n = n + 10 where id = 'held'");

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
        over.countDown();
        sleeper.join();
        assertThat(ends).containsExactly("StoreUnavailableException");
        assertThat(number("held")).isEqualTo(10);
    }

    @Test
    void whoWaitsForALockInVainMayTryAgainAndTheOperatorSaysForHowLong() {
        Database database = database(options().addProperty("lock_timeout", "300ms"), 2, SILENCE);
        database.run("insert into spot (id) values ('contended')");
        Session holder = database.openSession();
        holder.run("begin");
        holder.run("set local idle_in_transaction_session_timeout = '1min'");
        holder.run("update spot set n = 1 where id = 'contended'");

        assertThatThrownBy(() -> database.run("update spot set n = 2 where id = 'contended'"))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("lock timeout");

        holder.run("commit");
        holder.close();
        database.run("update spot set n = 2 where id = 'contended'");
        assertThat(number("contended")).isEqualTo(2);
    }

    @Test
    void aPoolWhoseConnectionsAreAllSwallowedServesAgain() throws IOException {
        try (SwallowingProxy proxy =
                new SwallowingProxy(URI.create(stack().postgresUrl()).getPort())) {
            Database database = database(proxy.port(), 3, Duration.ofSeconds(3));
            database.run("insert into spot (id) values ('swallowed')");
            Session listening = database.openSession();
            AtomicInteger losses = new AtomicInteger();
            listening.listen("nothing", payload -> {});
            listening.onLoss(losses::incrementAndGet);
            List<Thread> stuck = new ArrayList<>();
            proxy.swallow();
            for (int i = 0; i < 6; i++) {
                stuck.add(Thread.startVirtualThread(() -> {
                    try {
                        database.run("update spot set n = n + 1 where id = 'swallowed'");
                    } catch (StoreException e) {
                        // The answer is lost.
                    }
                }));
            }

            await().atMost(Duration.ofSeconds(25)).until(() -> answers(database));

            await().untilAsserted(() -> assertThat(losses).hasValue(1));
            assertThat(listening.isOpen()).isFalse();
            await().until(() -> stuck.stream().noneMatch(Thread::isAlive));
        }
    }

    @Test
    void aQuietSessionThatIsPingedLivesOnAndHears() {
        Database database = database(2, Duration.ofSeconds(2));
        Session session = database.openSession();
        List<String> heard = new CopyOnWriteArrayList<>();
        session.listen("words", heard::add);
        long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        await().pollInterval(Duration.ofMillis(500)).until(() -> {
            session.ping();
            return System.nanoTime() > until;
        });

        assertThat(session.isOpen()).isTrue();
        database.run("select pg_notify('words', 'hello')");
        await().untilAsserted(() -> assertThat(heard).containsExactly("hello"));
        session.close();
    }

    @Test
    void theEndOfASessionIsNoticedAtOnceAndItsLockIsFree() {
        Database database = database(3, SILENCE);
        Session session = database.openSession();
        int pid = session.run("select pg_backend_pid(), pg_advisory_lock(1, 2)")
                .iterator()
                .next()
                .getInteger(0);
        AtomicInteger losses = new AtomicInteger();
        session.onLoss(losses::incrementAndGet);

        database.run("select pg_terminate_backend($1)", pid);

        await().untilAsserted(() -> assertThat(losses).hasValue(1));
        assertThat(session.isOpen()).isFalse();
        Session next = database.openSession();
        assertThat(next.run("select pg_try_advisory_lock(1, 2)")
                        .iterator()
                        .next()
                        .getBoolean(0))
                .isTrue();
        next.close();
        await().until(() -> database.run("select 1 from pg_locks where locktype = 'advisory' and classid = 1")
                        .size()
                == 0);
    }

    @Test
    void everyConnectionSaysWhoseItIs() {
        assertThat(database(1, SILENCE)
                        .run("select current_setting('application_name')")
                        .iterator()
                        .next()
                        .getString(0))
                .isEqualTo("longhaul/test");
    }

    private static boolean answers(Database database) {
        try {
            return database.isReady();
        } catch (StoreException e) {
            return false;
        }
    }

    private static int number(String id) {
        return database(1, SILENCE)
                .run("select n from spot where id = $1", id)
                .iterator()
                .next()
                .getInteger(0);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
