package dev.longhaul.dispatcher.lease;

import dev.longhaul.store.Database;
import dev.longhaul.store.LeaderLease;
import dev.longhaul.store.Session;
import dev.longhaul.store.StoreException;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The one lease that covers every slice this process holds. It is renewed on the session that holds the process's advisory lock, so
 * that the two cannot part and the session is never idle. Others take the process for dead when no session holds its lock and it has
 * missed a renewal, or when the lease is 10 s old; whoever finds it dead deletes its row.
 *
 * <p>As long as the row is there nobody has taken anything from this process: it may lose its session, or its lease may run out, and it
 * goes on under the same identity once it has renewed the lease on another session. It takes a new identity only when its row is gone.
 */
@Singleton // asked for every line: without a proxy
public class ProcessLease {
    private static final Logger LOG = Logger.getLogger(ProcessLease.class);
    private static final long LEASE_SECONDS = 10;

    private final Database database;
    private volatile Identity identity = new Identity("none", 0, 1, 0);
    private volatile Runnable onSessionLoss = () -> {};
    private volatile Runnable onNewIdentity = () -> {};
    private volatile Renewed onRenewal = (sent, shares) -> {};
    private final Map<String, Consumer<String>> channels = new ConcurrentHashMap<>();
    private int lockKey;
    private volatile @Nullable Session session;
    private @Nullable Notes written;

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

    /**
     * What others read of this process. Written when it has changed.
     *
     * @param wanted lines by backend name that this process would take on
     * @param troubled models that cannot be called just now, by what ails them
     * @param capacity what it could use of the backends
     */
    public record Notes(JsonObject wanted, JsonObject troubled, JsonObject capacity) {}

    /** Hears of each renewal: when its statement was sent, and the shares that the row then had. */
    public interface Renewed {
        void at(long sentNanos, JsonObject shares);
    }

    /** This process as the others see it now. */
    public Identity identity() {
        return identity;
    }

    /** Whether a line may be started under the lease of that identity. Cheap enough to ask for each line. */
    public boolean covers(String holder) {
        Identity now = identity;
        return now.id().equals(holder) && System.nanoTime() < now.validUntilNanos();
    }

    /** What to do when the session is lost, on an event loop: have {@link #renew} called soon. */
    public void onSessionLoss(Runnable action) {
        onSessionLoss = action;
    }

    /** What to do when the row was gone and this process has become another one, on the thread that renews; must not block. */
    public void onNewIdentity(Runnable action) {
        onNewIdentity = action;
    }

    /** What to do after each renewal, on the thread that renews; must not block. */
    public void onRenewal(Renewed action) {
        onRenewal = action;
    }

    /** Listens on a channel, over the session of the lease, from the next session on; the action runs on an event loop. */
    public void listen(String channel, Consumer<String> onPayload) {
        channels.put(channel, onPayload);
    }

    /** Notifies those who listen on a channel, over the session of the lease; lost when there is none. Never blocks. */
    public void send(String channel, String payload) {
        Session held = session;
        if (held != null && held.isOpen()) {
            held.notify(channel, payload);
        }
    }

    /**
     * Renews the lease. Call it once a second.
     *
     * @throws StoreException if PostgreSQL did not answer; the lease then runs out by itself
     */
    public synchronized void renew(Notes notes) {
        long before = System.nanoTime();
        Session held = session;
        if (held == null || !held.isOpen()) {
            held = connect();
        }
        if (!update(held, before, notes)) {
            register(held, notes);
            update(held, before, notes);
            onNewIdentity.run();
        }
    }

    private Session connect() {
        closeSession();
        Session fresh = database.openSession();
        session = fresh;
        fresh.onLoss(() -> onSessionLoss.run());
        if (lockKey != 0) {
            // Shared, since PostgreSQL may not know yet that the session before is gone.
            lock(fresh, lockKey);
        }
        channels.forEach(fresh::listen);
        return fresh;
    }

    private static void lock(Session session, int key) {
        session.run("select pg_advisory_lock_shared($1, $2)", LeaderLease.PROCESS_LOCK_CLASS, key);
    }

    private boolean update(Session held, long before, Notes notes) {
        boolean changed = !notes.equals(written);
        for (Row row : held.run(
                """
                with mine as (
                  update process set lease_until = now() + make_interval(secs => $2), wanted = coalesce($3, wanted),
                    troubled = coalesce($4, troubled), capacity = coalesce($5, capacity)
                  where id = $1 returning shares)
                select mine.shares, live.count, live.rank from mine, (
                  select count(*)::int as count, (count(*) filter (where p.id < $1))::int as rank
                  from process p where p.kind = 'dispatcher' and (p.lease_until > now() or p.id = $1)) live
                """,
                identity.id(),
                (double) LEASE_SECONDS,
                changed ? notes.wanted() : null,
                changed ? notes.troubled() : null,
                changed ? notes.capacity() : null)) {
            written = notes;
            identity = new Identity(
                    identity.id(),
                    before + TimeUnit.SECONDS.toNanos(LEASE_SECONDS),
                    row.getInteger("count"),
                    row.getInteger("rank"));
            onRenewal.at(before, row.getJsonObject("shares"));
            return true;
        }
        return false;
    }

    private void register(Session held, Notes notes) {
        String id = "dispatcher-" + UUID.randomUUID();
        // Not yet renewed: it holds nothing before the lock is taken.
        int key = held.run("""
                insert into process (id, kind, lease_until, capacity)
                values ($1, 'dispatcher', now() + make_interval(secs => $2), $3) returning lock_key
                """, id, (double) LEASE_SECONDS, notes.capacity())
                .iterator()
                .next()
                .getInteger(0);
        lock(held, key);
        lockKey = key;
        written = null;
        identity = new Identity(id, System.nanoTime(), 1, 0);
        LOG.infof("LH-D001 this dispatcher is %s", id);
    }

    private void closeSession() {
        Session held = session;
        session = null;
        if (held != null) {
            held.close();
        }
    }

    /** Leaves at once, so that nobody waits for the lease to run out. Call it when nothing is held any more. */
    public synchronized void leave() {
        if (lockKey == 0) {
            return;
        }
        try {
            database.run("delete from process where id = $1", identity.id());
        } catch (StoreException e) {
            LOG.debugf("the lease ends by itself: %s", e.getMessage());
        }
        closeSession();
    }
}
