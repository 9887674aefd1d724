package dev.longhaul.store;

import java.util.OptionalLong;

/**
 * A named office that one process at a time holds, on PostgreSQL's clock. Each change of holder raises the epoch; a holder's
 * transactions call {@link #check}, so that one who slept past its lease writes nothing.
 */
public final class LeaderLease {
    private static final long SECONDS = 5;

    private final Database database;
    private final String name;
    private final String holder;

    /** An office {@code name} for the process {@code holder}, not held yet. */
    public LeaderLease(Database database, String name, String holder) {
        this.database = database;
        this.name = name;
        this.holder = holder;
    }

    /** Takes or renews the lease for 5 s; the epoch, or empty while another process holds it. */
    public OptionalLong acquire() {
        var rows = database.run("""
                insert into lease as l (name, holder, until) values ($1, $2, now() + make_interval(secs => $3))
                on conflict (name) do update set
                  holder = excluded.holder, until = excluded.until, epoch = l.epoch + (l.holder <> excluded.holder)::int
                where l.holder = excluded.holder or l.until < now()
                returning epoch
                """, name, holder, (double) SECONDS);
        return rows.size() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(rows.iterator().next().getLong(0));
    }

    /** Whether the caller still leads under that epoch; if so, nobody else can until the transaction has ended. */
    public boolean check(Database.Transaction transaction, long epoch) {
        return transaction
                        .run(
                                "select 1 from lease where name = $1 and holder = $2 and epoch = $3 and until > now() for share",
                                name,
                                holder,
                                epoch)
                        .size()
                == 1;
    }

    /** Gives the lease up, so that another process need not wait for its end. */
    public void release() {
        database.run("update lease set until = now() where name = $1 and holder = $2", name, holder);
    }
}
