package dev.longhaul.dispatcher.lease;

import dev.longhaul.store.Database;
import dev.longhaul.store.LeaderLease;
import dev.longhaul.store.Session;
import dev.longhaul.store.StoreException;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import jakarta.inject.Singleton;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one lease that covers every slice this process holds. Others take the process for dead when its PostgreSQL session ends (an
 * advisory lock comes free, so a kill is seen at once) or when the lease is 10 s old. A process that could not renew starts no
 * further line, and takes a new identity when it finds its row gone.
 */
@Singleton // asked for every line: without a proxy
public class ProcessLease {
    private static final Logger LOG = Logger.getLogger(ProcessLease.class);
    private static final long LEASE_SECONDS = 10;

    private final Database database;
    private volatile Identity identity = new Identity("none", 0, 1, 0);
    private @Nullable Session session;

    public ProcessLease(Database database) {
        this.database = database;
    }

    /**
     * What the last renewal said.
     *
     * @param validUntilNanos {@link System#nanoTime()} until which the lease is good
     * @param dispatchers how many dispatchers live, this one included
     * @param rank this one's place among them, from 0
     */
    public record Identity(String id, long validUntilNanos, int dispatchers, int rank) {}

    /** This process as the others see it now. */
    public Identity identity() {
        return identity;
    }

    /** Whether a line may be started under the lease of that identity. Cheap enough to ask for each line. */
    public boolean covers(String holder) {
        Identity now = identity;
        return now.id().equals(holder) && System.nanoTime() < now.validUntilNanos();
    }

    /**
     * Renews the lease and reports what this process would take on.
     *
     * @param wanted lines by backend name
     * @param troubled models that cannot be asked just now, by what ails them
     * @throws StoreException if PostgreSQL did not answer; the lease then runs out by itself
     */
    public synchronized void renew(JsonObject wanted, JsonObject troubled) {
        long before = System.nanoTime();
        Session held = session;
        if (held == null || !held.isOpen() || !update(before, wanted, troubled)) {
            register(before, wanted);
            // At once, so that it takes its share of the backends among the others and never the whole.
            update(before, wanted, troubled);
        }
    }

    private boolean update(long before, JsonObject wanted, JsonObject troubled) {
        for (Row row : database.run("""
                with mine as (
                  update process set lease_until = now() + make_interval(secs => $2), wanted = $3, troubled = $4
                  where id = $1 and lease_until > now() returning id)
                select count(*)::int as live, (count(*) filter (where p.id < $1))::int as rank
                from process p where p.kind = 'dispatcher' and (p.lease_until > now() or p.id = $1)
                and exists (select 1 from mine)
                having count(*) > 0
                """, identity.id(), (double) LEASE_SECONDS, wanted, troubled)) {
            identity = new Identity(
                    identity.id(),
                    before + TimeUnit.SECONDS.toNanos(LEASE_SECONDS),
                    row.getInteger("live"),
                    row.getInteger("rank"));
            return true;
        }
        return false;
    }

    private void register(long before, JsonObject wanted) {
        closeSession();
        String id = "dispatcher-" + UUID.randomUUID();
        Session fresh = database.openSession();
        session = fresh;
        int key = fresh.run("""
                insert into process (id, kind, lease_until, wanted)
                values ($1, 'dispatcher', now() + make_interval(secs => $2), $3) returning lock_key
                """, id, (double) LEASE_SECONDS, wanted)
                .iterator()
                .next()
                .getInteger(0);
        fresh.run("select pg_advisory_lock($1, $2)", LeaderLease.PROCESS_LOCK_CLASS, key);
        identity = new Identity(id, before + TimeUnit.SECONDS.toNanos(LEASE_SECONDS), 1, 0);
        LOG.infof("LH-D001 this dispatcher is %s", id);
    }

    private void closeSession() {
        Session held = session;
        if (held != null) {
            held.close();
        }
    }

    /** Leaves at once, so that nobody waits for the lease to run out. Call it when nothing is held any more. */
    public synchronized void leave() {
        try {
            database.run("delete from process where id = $1", identity.id());
        } catch (StoreException e) {
            LOG.debugf("could not say goodbye: %s", e.getMessage());
        }
        closeSession();
    }
}
