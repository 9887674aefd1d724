package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.DispatcherConfig;
import dev.longhaul.dispatcher.lease.ProcessLease;
import dev.longhaul.store.MissingObjectException;
import dev.longhaul.store.StoreException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Arrays;
import org.jboss.logging.Logger;

/**
 * Brings claimed slices into their queues: finds memory for them, finds out which lines are done, reads their bytes. A slice for which
 * one of these is not possible within a second goes back to PostgreSQL, so that it holds neither memory nor anybody else.
 */
@ApplicationScoped
class SliceOpening {
    private static final Logger LOG = Logger.getLogger(SliceOpening.class);
    /** The code of lines whose bytes are gone. */
    static final String CODE = "input_unavailable";
    /** A slice that finds no memory would be released again at once, and again, until there is some. */
    private static final long CROWDED_MILLIS = 500;

    private static final long AWAY_MILLIS = 2_000;
    private static final long MIN_UNREADABLE_MILLIS = 1_000;
    private static final long MAX_UNREADABLE_MILLIS = 60_000;

    private final SliceReader reader;
    private final RedeliveryScan redelivery;
    private final Dispatch dispatch;
    private final SliceReports reports;
    private final Arrivals arrivals;
    private final ProcessLease lease;
    private final SuspectRuns suspects;
    private final DispatcherConfig config;
    private volatile boolean running = true;

    SliceOpening(
            SliceReader reader,
            RedeliveryScan redelivery,
            Dispatch dispatch,
            SliceReports reports,
            Arrivals arrivals,
            ProcessLease lease,
            SuspectRuns suspects,
            DispatcherConfig config) {
        this.reader = reader;
        this.redelivery = redelivery;
        this.dispatch = dispatch;
        this.reports = reports;
        this.arrivals = arrivals;
        this.lease = lease;
        this.suspects = suspects;
        this.config = config;
    }

    /** Opens no further slice: what is under way goes back. */
    void stop() {
        running = false;
    }

    /** Whether S3 does not answer, so that slices which need it only come and go. */
    boolean isHeldUp() {
        return reader.isAway();
    }

    /** Takes a claimed slice on; never blocks. */
    void open(SliceClaim claim) {
        arrivals.expect(claim, System.nanoTime());
        if (!reports.reserve(claim, config.sliceBytes())) {
            goesBack(claim, false, CROWDED_MILLIS, false);
        } else if (claim.past().started()) {
            redelivery.find(
                    claim,
                    () -> mayOpen(claim),
                    done -> read(claim, done),
                    () -> goesBack(claim, true, mayOpen(claim) ? AWAY_MILLIS : 0, false));
        } else {
            read(claim, RedeliveryScan.Done.before(claim));
        }
    }

    private void read(SliceClaim claim, RedeliveryScan.Done done) {
        byte[] bytes = claim.bytes();
        if (bytes != null) {
            begin(claim, bytes, done);
        } else {
            Thread.startVirtualThread(() -> readFromS3(claim, done));
        }
    }

    private void readFromS3(SliceClaim claim, RedeliveryScan.Done done) {
        if (!mayOpen(claim)) {
            goesBack(claim, true, 0, false);
            return;
        }
        try {
            begin(claim, reader.read(claim), done);
        } catch (MissingObjectException e) {
            unreadable(claim, done, e);
        } catch (StoreException e) {
            LOG.debugf("LH-D032 slice %s goes back, a store is away: %s", claim.slice(), e.getMessage());
            goesBack(claim, true, AWAY_MILLIS, false);
        }
    }

    private void begin(SliceClaim claim, byte[] bytes, RedeliveryScan.Done done) {
        SliceRun run;
        try {
            run = new SliceRun(claim, bytes, done, dispatch.lanes());
        } catch (IllegalStateException e) {
            unreadable(claim, done, e);
            return;
        }
        begin(run);
    }

    private void begin(SliceRun run) {
        reports.hold(run);
        arrivals.settled(run.claim().slice());
        if (run.open() == 0) {
            reports.add(run);
        } else if (run.claim().past().isSuspect()) {
            suspects.add(run);
        } else {
            run.groups().forEach(dispatch::offer);
        }
    }

    /** The bytes are gone or are not what was planned: later they may be back, and after some minutes the lines end as errors. */
    private void unreadable(SliceClaim claim, RedeliveryScan.Done done, RuntimeException why) {
        double seconds = claim.past().unreadableSeconds();
        if (seconds * 1_000 < config.unreadableAfter().toMillis()) {
            LOG.warnf("LH-D034 slice %s cannot be read and is tried again: %s", claim.slice(), why.getMessage());
            long delay = Math.clamp((long) (seconds * 500), MIN_UNREADABLE_MILLIS, MAX_UNREADABLE_MILLIS);
            goesBack(claim, true, delay, true);
            return;
        }
        LOG.errorf("LH-D035 slice %s cannot be read, its lines end as errors: %s", claim.slice(), why.getMessage());
        // Blank lines stand for the ones that are gone.
        byte[] blank = new byte[claim.lines()];
        Arrays.fill(blank, (byte) '\n');
        SliceRun run = new SliceRun(claim, blank, done, dispatch.lanes());
        reports.hold(run);
        arrivals.settled(claim.slice());
        if (run.open() == 0) {
            reports.add(run);
        }
        for (LineGroup group : run.groups()) {
            while (group.untaken() > 0) {
                dispatch.fail(group, CODE, "The input file of this batch cannot be read.");
            }
        }
    }

    private void goesBack(SliceClaim claim, boolean reserved, long delayMillis, boolean unreadable) {
        arrivals.settled(claim.slice());
        reports.handBack(claim, reserved, System.currentTimeMillis() + delayMillis, unreadable);
    }

    private boolean mayOpen(SliceClaim claim) {
        return running
                && lease.covers(claim.holder())
                && !dispatch.isStopped(claim.slice().batchId());
    }
}
