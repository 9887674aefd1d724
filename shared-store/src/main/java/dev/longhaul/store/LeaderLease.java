package dev.longhaul.store;

import java.util.OptionalLong;

/**
 * A named office that one process at a time holds, on PostgreSQL's clock. Each change of holder raises the epoch; a holder's
 * transactions call {@link #check}, so that one who slept past its lease writes nothing.
 */
public final class LeaderLease {
    /** The class of the advisory locks that processes hold as long as their session lives, with {@code process.lock_key}. */
    public static final int PROCESS_LOCK_CLASS = 7_214;

    private static final long SECONDS = 5;
    /**
     * The office is free when it is the caller's own, when its lease is over, or at once when its holder's session has ended, so
     * that a killed leader costs no lease. A holder who lost only its session is fenced by the epoch like one who slept.
     */
    private static final String FREE = """
            l.holder = excluded.holder or l.until < now()
              or (pg_postmaster_start_time() < now() - interval '10 s' and exists (
                select 1 from process p
                where p.id = l.holder and p.started_at < now() - interval '2 s' and not exists (
                  select 1 from pg_locks k
                  where k.locktype = 'advisory' and k.classid = %d and k.objid = p.lock_key and k.granted
                    and k.database = (select oid from pg_database where datname = current_database()))))""".formatted(PROCESS_LOCK_CLASS);

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
                where %s
                returning epoch
                """.formatted(FREE), name, holder, (double) SECONDS);
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
