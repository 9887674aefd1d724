package dev.longhaul.finalizer.retention;

import dev.longhaul.store.Database;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The slices of batches that ended long ago: nobody needs to know any more which line was where. */
final class EndedSlices {
    private static final int PORTION = 5_000;

    /** Jumps from batch to batch along the primary key: its cost is the batches that have slices, not all there ever were. */
    private static final String FIND = """
            with recursive step (batch_id) as (
              (select batch_id from slice order by batch_id limit 1)
              union all
              select (select s.batch_id from slice s where s.batch_id > step.batch_id order by s.batch_id limit 1)
              from step where step.batch_id is not null)
            select b.id from step join batch b on b.id = step.batch_id
            where b.results_partition = any($1) and b.status in ('failed', 'completed', 'expired', 'cancelled')
              and coalesce(b.failed_at, b.completed_at, b.expired_at, b.cancelled_at) < now() - make_interval(secs => $2)""";

    private static final String DELETE = """
            delete from slice where batch_id = $1 and seq in (select seq from slice where batch_id = $1 limit $2)""";

    private final Database database;

    EndedSlices(Database database) {
        this.database = database;
    }

    /** Deletes the slices of batches of these partitions that ended longer ago than that, in portions. */
    void delete(Set<Integer> partitions, Duration keep) {
        List<String> ended = new ArrayList<>();
        for (Row row : database.run(FIND, partitions.toArray(Integer[]::new), (double) keep.toSeconds())) {
            ended.add(row.getString("id"));
        }
        for (String id : ended) {
            int deleted;
            do {
                deleted = database.run(DELETE, id, (long) PORTION).rowCount();
            } while (deleted == PORTION);
        }
    }
}
