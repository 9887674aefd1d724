package dev.longhaul.dispatcher.lease;

import dev.longhaul.store.Database;
import dev.longhaul.store.LeaderLease;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Which dispatchers are dead. The row of a dead one is deleted, and from then on nothing is its own: it takes a new identity should it
 * live after all.
 */
@ApplicationScoped
public class DeadDispatchers {
    /**
     * A dispatcher is dead when its lease is over, or when no session of it holds its lock and it has missed a renewal: one that only lost
     * its session reconnects at once.
     *
     * <p>Nobody is judged while those who live may still be on their way back to a server that has just started or was just promoted.
     * A server does not say when it was promoted, but until its next restart it keeps the time of the last transaction that it replayed.
     * There a judge must have been connected for one lease without a break: the others had the same chance.
     */
    private static final String DEAD =
            """
            p.kind = 'dispatcher'
              and (p.lease_until < now()
                or (p.started_at < now() - interval '2 s' and p.lease_until < now() + interval '8500 ms'
                  and not exists (select 1 %1$s and l.objid = p.lock_key)))
              and (%2$s or exists (
                select 1 %1$s and l.objid = (select lock_key from process where id = $1) and exists (
                  select 1 from pg_stat_activity a where a.pid = l.pid and a.backend_start < now() - interval '10 s')))
            """.formatted("""
                    from pg_locks l
                    where l.locktype = 'advisory' and l.classid = %d and l.granted
                      and l.database = (select oid from pg_database where datname = current_database())
                    """.formatted(LeaderLease.PROCESS_LOCK_CLASS), LeaderLease.SERVER_IS_SETTLED);

    /** A query for the rows of dead dispatchers; its first parameter is the identity of the process that asks. */
    public static final String FIND = "select 1 from process p where " + DEAD;

    /**
     * Deletes the rows of dead dispatchers.
     *
     * @param judge the identity of the process that asks
     * @return how many
     */
    public int bury(Database.Transaction transaction, String judge) {
        return transaction.run("delete from process p where " + DEAD, judge).rowCount();
    }
}
