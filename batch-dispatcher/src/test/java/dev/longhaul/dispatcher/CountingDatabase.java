package dev.longhaul.dispatcher;

import dev.longhaul.store.Database;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** PostgreSQL that counts how it is asked. */
public final class CountingDatabase extends Database {
    /** Statements outside of transactions. */
    public final AtomicInteger statements = new AtomicInteger();

    /** Transactions of several statements. */
    public final AtomicInteger transactions = new AtomicInteger();

    CountingDatabase(Pool pool) {
        super(pool);
    }

    @Override
    public RowSet<Row> run(String sql, @Nullable Object... parameters) {
        if (!sql.contains("pg_notify")) {
            statements.incrementAndGet();
        }
        return super.run(sql, parameters);
    }

    @Override
    public <T> T inTransaction(Function<Transaction, T> work) {
        transactions.incrementAndGet();
        return super.inTransaction(work);
    }
}
