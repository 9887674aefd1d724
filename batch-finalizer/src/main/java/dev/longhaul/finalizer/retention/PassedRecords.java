package dev.longhaul.finalizer.retention;

import dev.longhaul.model.Topics;
import dev.longhaul.store.Database;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Deletes records that a checkpoint passed long ago. Not at once: a dispatcher that took a slice over reads the log from the
 * checkpoint that it saw. Where the checkpoints were is noted in PostgreSQL, so that a partition may change its owner at any time.
 */
final class PassedRecords {
    private static final Logger LOG = Logger.getLogger(PassedRecords.class);
    private static final long TIMEOUT_SECONDS = 20;

    /** Never beyond the checkpoint of now: a log that begins again has smaller offsets than were noted. */
    private static final String NOTE = """
            with passed as (
              delete from results_mark where partition = any($1) and noted_at <= now() - make_interval(secs => $2)
              returning partition, checkpoint_offset
            ), noted as (
              insert into results_mark (partition, checkpoint_offset)
              select partition, checkpoint_offset from results_partition where partition = any($1)
              on conflict do nothing
            )
            select m.partition, least(max(m.checkpoint_offset), p.checkpoint_offset) as passed
            from passed m join results_partition p using (partition)
            group by m.partition, p.checkpoint_offset""";

    private final Database database;

    PassedRecords(Database database) {
        this.database = database;
    }

    /** Notes where the checkpoints are, and returns where they were at least so long ago: records below that may go. */
    Map<Integer, Long> note(Set<Integer> owned, Duration keep) {
        Map<Integer, Long> passed = new HashMap<>();
        for (Row row : database.run(NOTE, owned.toArray(Integer[]::new), keep.toMillis() / 1_000.0)) {
            passed.put(row.getInteger("partition"), row.getLong("passed"));
        }
        return passed;
    }

    /** Deletes the records below these offsets, by partition; what fails stays until the next time. */
    void delete(Admin admin, Map<Integer, Long> passed) throws InterruptedException {
        Map<TopicPartition, RecordsToDelete> records = new HashMap<>();
        passed.forEach((partition, offset) ->
                records.put(new TopicPartition(Topics.RESULTS, partition), RecordsToDelete.beforeOffset(offset)));
        for (KafkaFuture<?> deleted :
                admin.deleteRecords(records).lowWatermarks().values()) {
            try {
                deleted.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.infof("records behind a checkpoint stay for now: %s", e.getMessage());
            }
        }
    }
}
