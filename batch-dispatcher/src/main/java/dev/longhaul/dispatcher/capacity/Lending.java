package dev.longhaul.dispatcher.capacity;

import dev.longhaul.store.Database;
import dev.longhaul.store.Session;
import dev.longhaul.store.StoreException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One leader's loop while it leads: hears reports on a session of its own, reads all rows each second, and grants. Notifications make
 * it fast, rows make it sure.
 */
final class Lending implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Lending.class);
    private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Reports of a moment are answered together. */
    private static final long TOGETHER_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Database database;
    private final long epoch;
    private final Runnable onChange;
    private final CapacityLedger ledger;
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean running = true;
    private volatile Map<String, Integer> wanted = Map.of();
    private volatile int dispatchers;
    private @Nullable Session session;
    private Map<String, Grant> unconfirmed = Map.of();
    private long nextBeatNanos = System.nanoTime();

    Lending(Database database, long epoch, Map<String, Integer> ceilings, Runnable onChange) {
        this.database = database;
        this.epoch = epoch;
        this.onChange = onChange;
        this.ledger = new CapacityLedger(epoch, ceilings);
        this.thread = Thread.ofVirtual().name("lending").start(this::run);
    }

    long epoch() {
        return epoch;
    }

    Map<String, Integer> wanted() {
        return wanted;
    }

    int dispatchers() {
        return dispatchers;
    }

    private void run() {
        while (running) {
            try {
                turn(listening());
            } catch (StoreException e) {
                LOG.debugf("capacity cannot be lent just now: %s", e.getMessage());
                LockSupport.parkNanos(RETRY_NANOS);
            } catch (RuntimeException e) {
                // Without the loop nobody would get a slot as long as this process leads.
                LOG.errorf(e, "LH-D055 lending capacity failed, starting over");
                LockSupport.parkNanos(RETRY_NANOS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        closeSession();
    }

    private Session listening() {
        Session current = session;
        if (current == null || !current.isOpen()) {
            closeSession();
            current = database.openSession();
            session = current;
            current.listen(CapacityReporter.REPORTS, heard::add);
            nextBeatNanos = System.nanoTime();
        }
        return current;
    }

    private void turn(Session listening) throws InterruptedException {
        long untilBeat = nextBeatNanos - System.nanoTime();
        String next = untilBeat > 0 ? heard.poll(untilBeat, TimeUnit.NANOSECONDS) : heard.poll();
        long untilNanos = System.nanoTime() + TOGETHER_NANOS;
        while (next != null) {
            accept(next);
            next = heard.poll(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
        boolean beat = System.nanoTime() - nextBeatNanos >= 0;
        if (beat) {
            read(listening);
        }
        wanted = ledger.wanted();
        dispatchers = ledger.dispatchers();
        onChange.run();
        send(listening, ledger.decide(beat));
        if (beat) {
            rewrite(listening);
        }
    }

    /** Reads all rows, and again when the first one lapses that has missed a renewal. */
    private void read(Session listening) {
        List<CapacityLedger.Row> all = CapacityRows.read(listening);
        long lapse = all.stream()
                .filter(row -> !row.isLapsed())
                .mapToLong(row -> TimeUnit.MILLISECONDS.toNanos(row.lapsesInMillis()) + TOGETHER_NANOS)
                .min()
                .orElse(BEAT_NANOS);
        nextBeatNanos = System.nanoTime() + Math.min(lapse, BEAT_NANOS);
        ledger.rows(all);
    }

    private void accept(String payload) {
        try {
            JsonObject report = new JsonObject(payload);
            ledger.report(report.getString("id"), CapacityReport.decode(report));
        } catch (DecodeException | ClassCastException | NullPointerException e) {
            LOG.warnf("LH-D062 a report of capacity cannot be read and is ignored: %s", e.getMessage());
        }
    }

    private static void send(Session session, Map<String, Grant> grants) {
        JsonObject message = new JsonObject();
        int length = 0;
        for (Map.Entry<String, Grant> one : grants.entrySet()) {
            JsonObject grant = one.getValue().encode();
            int added = grant.encode().length() + one.getKey().length() + 4;
            if (length + added > CapacityReporter.MOST_BYTES && length > 0) {
                session.notify(CapacityReporter.GRANTS, message.encode());
                message = new JsonObject();
                length = 0;
            }
            if (added <= CapacityReporter.MOST_BYTES) {
                message.put(one.getKey(), grant);
                length += added;
            }
        }
        if (length > 0) {
            session.notify(CapacityReporter.GRANTS, message.encode());
        }
    }

    /** What was not confirmed for a whole beat may have been lost on its way. */
    private void rewrite(Session listening) {
        Map<String, Grant> now = ledger.unconfirmed();
        Map<String, Grant> lost = new HashMap<>(now);
        lost.entrySet().retainAll(unconfirmed.entrySet());
        unconfirmed = now;
        CapacityRows.write(listening, lost);
    }

    private void closeSession() {
        Session current = session;
        session = null;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public void close() {
        running = false;
        thread.interrupt();
    }
}
