package dev.longhaul.store;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * At most one leader of a name over all processes, by a lease in PostgreSQL on its clock. A stale leader may believe in its lease
 * a moment too long, so writes that must be the leader's alone check the epoch. Belongs to one thread; methods block.
 */
public final class LeaderLease {
    private final Database database;
    private final String name;
    private final String holder;
    private final Duration length;
    private long heldUntilNanos;
    private boolean held;

    /**
     * @param name what is led
     * @param holder this process; never the name of an earlier one
     * @param length how long a leader may be silent before another takes over
     */
    public LeaderLease(Database database, String name, String holder, Duration length) {
        this.database = database;
        this.name = name;
        this.holder = holder;
        this.length = length;
    }

    /**
     * Takes the lease if nobody else holds it, or renews it.
     *
     * @return the epoch, raised whenever the holder changes; empty, a normal answer, while another holds it
     * @throws StoreException if PostgreSQL does not say; the lease stays as it was
     */
    public OptionalLong tryAcquire() {
        // From before the question, so that we stop believing no later than PostgreSQL does.
        long asked = System.nanoTime();
        RowSet<Row> rows = database.run(
                """
                insert into lease as l (name, holder, until)
                values ($1, $2, clock_timestamp() + make_interval(secs => $3))
                on conflict (name) do update set
                  epoch = case when l.holder = excluded.holder then l.epoch else l.epoch + 1 end,
                  holder = excluded.holder,
                  until = clock_timestamp() + make_interval(secs => $3)
                where l.holder = excluded.holder or l.until < clock_timestamp()
                returning epoch""",
                name,
                holder,
                length.toMillis() / 1000.0);
        held = rows.size() > 0;
        heldUntilNanos = asked + length.toNanos();
        return held ? OptionalLong.of(rows.iterator().next().getLong(0)) : OptionalLong.empty();
    }

    /** Whether the lease was ours when last asked for and is not over yet. */
    public boolean isHeld() {
        return held && heldUntilNanos - System.nanoTime() > 0;
    }

    /** Gives the lease up at once, if it is ours. */
    public void release() {
        held = false;
        database.run(
                "update lease set until = clock_timestamp() where name = $1 and holder = $2 and until > clock_timestamp()",
                name,
                holder);
    }
}
