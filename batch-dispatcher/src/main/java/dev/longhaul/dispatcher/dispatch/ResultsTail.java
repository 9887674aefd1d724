package dev.longhaul.dispatcher.dispatch;

import dev.longhaul.dispatcher.DispatcherConfig;
import dev.longhaul.store.Database;
import io.vertx.sqlclient.Row;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * The results that this process has written to Kafka and no checkpoint has passed: while finalizers are away or slow it grows, and past
 * its bound this process takes on no further slice. Any thread.
 */
@Singleton
class ResultsTail {
    private static final Logger LOG = Logger.getLogger(ResultsTail.class);
    /** Stretches of a partition that are told apart; further ones are counted with the last. */
    private static final int MOST_STRETCHES = 64;

    private final Database database;
    private final long bound;
    private final Map<Integer, Partition> partitions = new HashMap<>();
    private long bytes;
    private volatile boolean told;

    ResultsTail(Database database, DispatcherConfig config) {
        this.database = database;
        this.bound = config.tailBytes();
    }

    /** What was written between two looks, up to an offset. */
    private static final class Stretch {
        private long lastOffset;
        private long bytes;
    }

    private static final class Partition {
        private final ArrayDeque<Stretch> stretches = new ArrayDeque<>();
        private long checkpoint;
        private boolean open;
    }

    /** Kafka has acknowledged a chunk. */
    synchronized void written(int number, long offset, int length) {
        Partition partition = partitions.computeIfAbsent(number, n -> new Partition());
        if (!partition.open) {
            partition.stretches.addLast(new Stretch());
            partition.open = true;
        }
        Stretch last = partition.stretches.getLast();
        last.lastOffset = Math.max(last.lastOffset, offset);
        last.bytes += length;
        bytes += length;
    }

    /** Asks PostgreSQL how far the checkpoints are, unless they have passed everything; blocks. */
    void check() {
        if (isBehind()) {
            for (Row row : database.run("select partition, checkpoint_offset from results_partition")) {
                passed(row.getInteger("partition"), row.getLong("checkpoint_offset"));
            }
            tellWhenFull();
        }
    }

    private synchronized boolean isBehind() {
        return bytes > 0;
    }

    private void tellWhenFull() {
        boolean full = !hasRoom();
        if (full && !told) {
            LOG.warnf("LH-D028 no checkpoint has passed %d bytes of results: no further slice is taken on", bound);
        }
        told = full;
    }

    /** All records of a partition below that offset are in a checkpoint. */
    synchronized void passed(int number, long offset) {
        Partition partition = partitions.get(number);
        if (partition != null) {
            // A log that began anew has nothing of what was written before.
            boolean anew = offset < partition.checkpoint;
            ArrayDeque<Stretch> stretches = partition.stretches;
            while (!stretches.isEmpty() && (anew || stretches.getFirst().lastOffset < offset)) {
                bytes -= stretches.removeFirst().bytes;
            }
            partition.open = stretches.size() == MOST_STRETCHES;
            partition.checkpoint = offset;
        }
    }

    /** Whether checkpoints keep up. */
    synchronized boolean hasRoom() {
        return bytes < bound;
    }
}
