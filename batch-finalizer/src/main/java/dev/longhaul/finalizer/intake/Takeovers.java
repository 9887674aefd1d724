package dev.longhaul.finalizer.intake;

import dev.longhaul.finalizer.checkpoint.PartitionStore;
import dev.longhaul.model.Topics;
import dev.longhaul.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Takes partitions over, each on a thread of its own: one whose row somebody holds locked, or whose log has no leader, delays no other
 * and never the results loop.
 */
final class Takeovers {
    private static final Logger LOG = Logger.getLogger(Takeovers.class);

    private final PartitionStore store;
    private final LogBounds log;
    private final Queue<Outcome> finished = new ConcurrentLinkedQueue<>();

    Takeovers(PartitionStore store, LogBounds log) {
        this.store = store;
        this.log = log;
    }

    /** What became of an attempt. */
    sealed interface Outcome {
        int partition();

        /** Names the attempt. */
        long ticket();
    }

    /** The partition is owned under the epoch and to be read from the offset. */
    record Taken(int partition, long ticket, long epoch, long offset) implements Outcome {}

    /** To be tried again. */
    record Failed(int partition, long ticket, String reason) implements Outcome {}

    /** Starts an attempt; its outcome is among the {@link #finished} ones later. Never blocks. */
    void start(int partition, long ticket) {
        Thread.ofVirtual().name("takeover-" + partition).start(() -> {
            Outcome outcome;
            try {
                outcome = takeOver(partition, ticket);
            } catch (StoreException e) {
                outcome = new Failed(partition, ticket, String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                LOG.errorf(e, "LH-F012 taking over partition=%d failed", partition);
                outcome = new Failed(partition, ticket, String.valueOf(e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                outcome = new Failed(partition, ticket, "interrupted");
            }
            finished.add(outcome);
        });
    }

    private Outcome takeOver(int partition, long ticket) throws InterruptedException {
        PartitionStore.Owned taken = store.takeOver(partition).orElse(null);
        if (taken == null) {
            return new Failed(partition, ticket, "its row is locked, perhaps by a checkpoint of the former owner");
        }
        // Asked for after the takeover: until then the former owner may still move its offset along with the log's end.
        LogBounds.Bounds bounds = log.of(new TopicPartition(Topics.RESULTS, partition));
        if (bounds.contains(taken.offset())) {
            return new Taken(partition, ticket, taken.epoch(), taken.offset());
        }
        LOG.warnf(
                "LH-F004 the log of partition=%d does not reach offset=%d: unfinished slices are executed again",
                partition, taken.offset());
        long offset = bounds.nearest(taken.offset());
        return store.restart(partition, taken.epoch(), offset)
                ? new Taken(partition, ticket, taken.epoch(), offset)
                : new Failed(partition, ticket, "it has another owner");
    }

    /** The outcomes since the last call. */
    List<Outcome> finished() {
        List<Outcome> drained = new ArrayList<>();
        for (Outcome next = finished.poll(); next != null; next = finished.poll()) {
            drained.add(next);
        }
        return drained;
    }
}
