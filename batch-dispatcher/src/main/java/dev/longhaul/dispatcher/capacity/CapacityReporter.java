package dev.longhaul.dispatcher.capacity;

import dev.longhaul.dispatcher.lease.ProcessLease;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Tells the leader what this process could use, and takes what it is lent. Over the session of the lease, so that both end with it. */
@Singleton
public class CapacityReporter {
    /** To the leader. */
    static final String REPORTS = "longhaul_capacity";
    /** From the leader to all. */
    static final String GRANTS = "longhaul_shares";
    /** PostgreSQL takes 8,000 bytes; what is longer goes by rows alone. */
    static final int MOST_BYTES = 7_500;

    private static final Logger LOG = Logger.getLogger(CapacityReporter.class);
    private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(90);

    private final ProcessLease lease;
    private final LocalShares shares;
    private CapacityReport sent = CapacityReport.NOTHING;
    private String sentAs = "";
    private long sentNanos = System.nanoTime() - APART_NANOS;

    CapacityReporter(ProcessLease lease, LocalShares shares) {
        this.lease = lease;
        this.shares = shares;
        lease.listen(GRANTS, this::hear);
        lease.onRenewal((sentNanos, written) -> shares.renewed(sentNanos, Grant.decode(written)));
    }

    /**
     * What this process does, by backend.
     *
     * @param wanted lines that it would still take on
     * @param demand lines that it has
     * @param calls calls in flight
     */
    public record Use(
            boolean draining, Map<String, Integer> wanted, Map<String, Integer> demand, Map<String, Integer> calls) {
        /** The use of a process that has not started yet. */
        public static final Use NONE = new Use(false, Map.of(), Map.of(), Map.of());
    }

    /** The report for the row. */
    public JsonObject forRow(Use use) {
        return reportOf(use).encode();
    }

    /** Tells the leader if it matters, and not again within a tenth of a second. Never blocks. */
    public synchronized void report(Use use) {
        CapacityReport now = reportOf(use);
        String id = lease.identity().id();
        if (System.nanoTime() - sentNanos > APART_NANOS && (now.differsMaterially(sent) || !id.equals(sentAs))) {
            sent = now;
            sentAs = id;
            sentNanos = System.nanoTime();
            String payload = now.encode().put("id", id).encode();
            if (payload.length() <= MOST_BYTES) {
                lease.send(REPORTS, payload);
            }
        }
    }

    private CapacityReport reportOf(Use use) {
        // The grant first: what may be used under a later one is reported as well.
        long grant = shares.grant();
        return new CapacityReport(grant, use.draining(), use.wanted(), use.demand(), shares.lent(), use.calls());
    }

    private void hear(String payload) {
        try {
            JsonObject grant =
                    new JsonObject(payload).getJsonObject(lease.identity().id());
            if (grant != null) {
                shares.granted(Grant.decode(grant));
            }
        } catch (DecodeException | ClassCastException e) {
            LOG.warnf("LH-D061 a grant cannot be read and is ignored: %s", e.getMessage());
        }
    }
}
