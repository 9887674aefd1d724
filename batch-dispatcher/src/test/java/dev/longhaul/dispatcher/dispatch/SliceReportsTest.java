package dev.longhaul.dispatcher.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.store.Database;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SliceReportsTest {
    private final Vertx vertx = Vertx.vertx();
    /** Never connects: nothing is asked of it. */
    private final Pool pool = PgBuilder.pool()
            .connectingTo(new PgConnectOptions().setPort(1))
            .using(vertx)
            .build();

    private final Database database = new Database(pool);

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void aReportIsTriedAgainWhateverWentWrong() {
        AtomicInteger attempts = new AtomicInteger();
        SliceReports reports = new SliceReports(
                new ClaimStore(database) {
                    @Override
                    void report(Collection<Report> all) {
                        if (attempts.incrementAndGet() < 3) {
                            throw new IllegalStateException("nobody thought of this");
                        }
                    }

                    @Override
                    void handBackLost(Collection<SliceClaim> lost) {}
                },
                new ProcessLease(database));
        SliceClaim claim = SliceRunTest.claim(3, "m", SliceClaim.Past.NONE);
        reports.claimed(List.of(claim));

        reports.handBack(claim, false, 0, false);

        await().atMost(Duration.ofSeconds(30)).until(reports::isIdle);
        assertThat(attempts).hasValue(3);
    }
}
