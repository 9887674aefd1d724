package dev.longhaul.finalizer.retention;

import dev.longhaul.model.Topics;
import dev.longhaul.store.Database;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Deletes records that a checkpoint passed long ago. Not at once: a dispatcher that took a slice over reads the log from the
 * checkpoint that it saw.
 */
final class PassedRecords {
    private static final Logger LOG = Logger.getLogger(PassedRecords.class);
    private static final long TIMEOUT_SECONDS = 20;

    private record Mark(long nanos, long offset) {}

    private final Database database;
    private final Map<Integer, Deque<Mark>> marks = new HashMap<>();

    PassedRecords(Database database) {
        this.database = database;
    }

    /**
     * Notes where the checkpoints are.
     *
     * @param now a monotonic clock's nanoseconds
     */
    void note(Set<Integer> owned, long now) {
        marks.keySet().retainAll(owned);
        for (Row row : database.run(
                "select partition, checkpoint_offset from results_partition where partition = any($1)",
                (Object) owned.toArray(Integer[]::new))) {
            marks.computeIfAbsent(row.getInteger("partition"), p -> new ArrayDeque<>())
                    .addLast(new Mark(now, row.getLong("checkpoint_offset")));
        }
    }

    /** The offsets below which records may go: where the checkpoints were at least so long ago. */
    Map<TopicPartition, Long> passed(Duration keep, long now) {
        Map<TopicPartition, Long> passed = new HashMap<>();
        marks.forEach((partition, noted) -> {
            for (Mark first = noted.peekFirst();
                    first != null && now - first.nanos() >= keep.toNanos();
                    first = noted.peekFirst()) {
                passed.put(new TopicPartition(Topics.RESULTS, partition), first.offset());
                noted.removeFirst();
            }
        });
        return passed;
    }

    void delete(Admin admin, Map<TopicPartition, Long> passed) throws InterruptedException {
        Map<TopicPartition, RecordsToDelete> records = new HashMap<>();
        passed.forEach((partition, offset) -> {
            if (offset > 0) {
                records.put(partition, RecordsToDelete.beforeOffset(offset));
            }
        });
        if (records.isEmpty()) {
            return;
        }
        try {
            admin.deleteRecords(records).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.infof("records behind the checkpoints stay for now: %s", e.getMessage());
        }
    }
}
