package dev.longhaul.store;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Leadership under a name, held by one process at a time, on PostgreSQL's clock. Each change of holder raises the epoch; a holder's
 * transactions call {@link #check}, so that one who slept past its lease writes nothing. Belongs to one thread.
 */
public final class LeaderLease {
    /** The class of the advisory locks that processes hold as long as their session lives, with {@code process.lock_key}. */
    public static final int PROCESS_LOCK_CLASS = 7_214;
    /**
     * In SQL: whether the server has run for long enough that who lives has come back to it. One that was promoted cannot be told from
     * one that was promoted just now, so it never counts as settled before its next restart.
     */
    public static final String SERVER_IS_SETTLED =
            "(pg_postmaster_start_time() < now() - interval '10 s' and pg_last_xact_replay_timestamp() is null)";

    private static final long SECONDS = 5;
    private static final long STANDBY_NANOS = TimeUnit.SECONDS.toNanos(1);
    /**
     * It is free when it is the caller's own, when its lease is over, or at once when its holder's session has ended, so that a killed
     * leader costs no whole lease. A holder who lost only its session is fenced by the epoch like one who slept.
     */
    private static final String FREE = """
            l.holder = $2 or l.until < now() or (%s and exists (
              select 1 from process p
              where p.id = l.holder and p.started_at < now() - interval '2 s' and %s))""";

    /** Whether no session holds the holder's lock, for a look: trying the lock costs far less than reading all locks. */
    private static final String LOCK_CAN_BE_TAKEN =
            "pg_try_advisory_xact_lock(%d, p.lock_key)".formatted(PROCESS_LOCK_CLASS);

    private static final String LOCK_IS_FREE = """
            not exists (
              select 1 from pg_locks k
              where k.locktype = 'advisory' and k.classid = %d and k.objid = p.lock_key and k.granted
                and k.database = (select oid from pg_database where datname = current_database()))""".formatted(PROCESS_LOCK_CLASS);

    private static final String LOOK = "select 1 from lease l where name = $1 and not ("
            + FREE.formatted(SERVER_IS_SETTLED, LOCK_CAN_BE_TAKEN) + ")";

    private static final String TAKE = """
            insert into lease as l (name, holder, until) values ($1, $2, now() + make_interval(secs => $3))
            on conflict (name) do update set
              holder = excluded.holder, until = excluded.until, epoch = l.epoch + (l.holder <> excluded.holder)::int
            where %s
            returning epoch""".formatted(FREE.formatted(SERVER_IS_SETTLED, LOCK_IS_FREE));

    private final Database database;
    private final String name;
    private final String holder;
    private boolean held;
    private long refusedNanos = System.nanoTime() - STANDBY_NANOS;

    /** The leadership {@code name} for the process {@code holder}, not held yet. */
    public LeaderLease(Database database, String name, String holder) {
        this.database = database;
        this.name = name;
        this.holder = holder;
    }

    /**
     * Takes or renews the lease for 5 s; renew it each second. It may be called at any rate while another process holds the lease: it then
     * asks PostgreSQL once a second, and writes nothing.
     *
     * @return the epoch, or empty while another process holds it
     */
    public OptionalLong acquire() {
        if (!held && (System.nanoTime() - refusedNanos < STANDBY_NANOS || isTaken())) {
            return OptionalLong.empty();
        }
        held = false;
        var rows = database.run(TAKE, name, holder, (double) SECONDS);
        held = rows.size() > 0;
        return held ? OptionalLong.of(rows.iterator().next().getLong(0)) : OptionalLong.empty();
    }

    /** A plain look first: the attempt to take it would lock the row against its holder. */
    private boolean isTaken() {
        boolean taken = database.run(LOOK, name, holder).size() > 0;
        if (taken) {
            refusedNanos = System.nanoTime();
        }
        return taken;
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
        held = false;
        database.run("update lease set until = now() where name = $1 and holder = $2", name, holder);
    }
}
