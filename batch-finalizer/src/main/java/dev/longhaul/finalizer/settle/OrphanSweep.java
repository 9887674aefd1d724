package dev.longhaul.finalizer.settle;

import dev.longhaul.model.ObjectKeys;
import dev.longhaul.store.Database;
import dev.longhaul.store.ObjectStore;
import dev.longhaul.store.StoreException;
import io.vertx.sqlclient.Row;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Deletes objects that a fenced or killed owner left: their epoch is below ours and no row names them. No row can come to name one
 * later, since a checkpoint under their epoch is fenced. Runs beside everything else, one batch at a time: at takeover, and once
 * more when such a batch has ended, for a write that was still under way the first time.
 */
public final class OrphanSweep implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(OrphanSweep.class);

    private record Takeover(int partition, long epoch) {}

    private record Ended(String batchId) {}

    private record Candidate(OpenBatches.Results results, int partition, long epoch) {}

    private final OpenBatches batches;
    private final Database database;
    private final ObjectStore objects;
    private final BlockingQueue<Object> work = new LinkedBlockingQueue<>();
    /** Takeovers whose batches have not all been looked at. */
    private final AtomicInteger takeovers = new AtomicInteger();
    /** The epochs under which partitions are owned now. */
    private final Map<Integer, Long> epochs = new ConcurrentHashMap<>();
    /** Swept at takeover and not ended yet. */
    private final Map<String, Candidate> open = new ConcurrentHashMap<>();

    private final Thread thread = Thread.ofVirtual().name("orphan-sweep").unstarted(this::run);

    public OrphanSweep(OpenBatches batches, Database database, ObjectStore objects) {
        this.batches = batches;
        this.database = database;
        this.objects = objects;
    }

    public void start() {
        thread.start();
    }

    /** The partition is owned under that epoch; returns at once. */
    public void tookOver(int partition, long epoch) {
        lost(partition);
        epochs.put(partition, epoch);
        takeovers.incrementAndGet();
        work.add(new Takeover(partition, epoch));
    }

    /** The partition is not owned any more: whoever owns it next sweeps; returns at once. */
    public void lost(int partition) {
        epochs.remove(partition);
        open.values().removeIf(candidate -> candidate.partition() == partition);
    }

    /** These batches have ended; returns at once. */
    public void ended(Iterable<String> batchIds) {
        for (String id : batchIds) {
            Candidate candidate = open.remove(id);
            if (candidate != null) {
                work.add(candidate);
            } else if (takeovers.get() > 0) {
                // It may have been open at a takeover that is not looked into yet, and would be missed there.
                work.add(new Ended(id));
            }
        }
    }

    private void run() {
        try {
            while (true) {
                Object next = work.take();
                try {
                    if (next instanceof Takeover takeover) {
                        takeOver(takeover);
                    } else if (next instanceof Ended ended) {
                        sweep(ended);
                    } else if (next instanceof Candidate candidate) {
                        sweep(candidate);
                    }
                } catch (StoreException e) {
                    LOG.infof("orphaned objects stay until the next takeover: %s", e.getMessage());
                } catch (RuntimeException e) {
                    LOG.error("LH-F015 sweeping orphaned objects failed, they stay until the next takeover", e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeOver(Takeover takeover) {
        try {
            sweep(takeover);
        } finally {
            takeovers.decrementAndGet();
        }
    }

    private void sweep(Ended ended) {
        for (Row row : database.run(
                "select results_partition, output_ref, error_ref from batch where id = $1", ended.batchId())) {
            Long epoch = epochs.get(row.getInteger(0));
            if (epoch != null) {
                sweep(new Candidate(
                        new OpenBatches.Results(ended.batchId(), row.getString(1), row.getString(2)),
                        row.getInteger(0),
                        epoch));
            }
        }
    }

    private void sweep(Takeover takeover) {
        if (takeover.epoch() == 1 || !isOwned(takeover.partition(), takeover.epoch())) {
            // Nobody has written for this partition before, or its next owner sweeps.
            return;
        }
        for (OpenBatches.Results results : batches.withPlan(takeover.partition())) {
            if (!isOwned(takeover.partition(), takeover.epoch())) {
                return;
            }
            Candidate candidate = new Candidate(results, takeover.partition(), takeover.epoch());
            open.put(results.batchId(), candidate);
            sweep(candidate);
        }
    }

    private boolean isOwned(int partition, long epoch) {
        return Long.valueOf(epoch).equals(epochs.get(partition));
    }

    private void sweep(Candidate candidate) {
        List<String> old = objects
                .list(ObjectKeys.resultsPrefix(candidate.results().batchId()))
                .stream()
                .filter(key -> ObjectKeys.epochOf(key) < candidate.epoch())
                .toList();
        if (old.isEmpty()) {
            return;
        }
        // After the listing: what a row names by now is no orphan, and no further one will be named.
        Set<String> named = new HashSet<>();
        String[] files = {candidate.results().outputRef(), candidate.results().errorRef()};
        database.run("select object_key from file_segment where file_id = any($1)", (Object) files)
                .forEach(row -> named.add(row.getString("object_key")));
        for (String key : old) {
            if (!named.contains(key)) {
                objects.delete(key);
                LOG.infof("orphaned object deleted, key=%s", key);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
