package dev.longhaul.finalizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longhaul.finalizer.FinalizerTester.TestBatch;
import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.LineOutcome;
import dev.longhaul.store.Database;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IdleTest {
    /** Notes what runs outside of transactions. */
    private static final class NotingDatabase extends Database {
        private final List<String> statements = new CopyOnWriteArrayList<>();

        NotingDatabase(Pool pool) {
            super(pool);
        }

        @Override
        public RowSet<Row> run(String sql, @Nullable Object... parameters) {
            statements.add(sql);
            return super.run(sql, parameters);
        }

        long looks() {
            return statements.stream()
                    .filter(sql -> sql.contains("set stop_reason = 'expired'"))
                    .count();
        }
    }

    private final FinalizerTester tester = FinalizerTester.shared();

    @Test
    void aLookAtNothingTakesTwoStatementsAndNothingElseRuns() throws Exception {
        NotingDatabase database = new NotingDatabase(tester.pool);
        TestBatch batch = tester.batch(0, 1);
        try (Finalizer finalizer = tester.finalizer(database, "settle-every", "50ms")) {
            finalizer.start();
            batch.produce(0, LineOutcome.COMPLETED, 0);
            batch.awaitStatus(BatchStatus.COMPLETED);
            await("orphans of both partitions are looked for, and whole batches, as is done once a minute")
                    .until(() -> database.looks() >= 10);
            database.statements.clear();
            await().until(() -> database.looks() >= 10);
            // The last look may be half done, and one may have been when the list was cleared.
            assertThat(database.statements).hasSizeBetween(19, 21);
        }
    }
}
