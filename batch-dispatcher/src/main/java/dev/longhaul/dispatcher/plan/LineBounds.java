package dev.longhaul.dispatcher.plan;

import dev.longhaul.store.Database;
import io.vertx.sqlclient.Row;
import java.util.Optional;

/** How many lines a batch may have: by its job, and by what its tenant has in open batches already. */
final class LineBounds {
    private LineBounds() {}

    /** What is wrong with a batch of that many lines by its job. */
    static Optional<PlanProblem> ofJob(PlanStore.Bounds bounds, long lines) {
        Long most = bounds.maxLines();
        return most == null || lines <= most
                ? Optional.empty()
                : Optional.of(PlanProblem.ofFile(
                        "too_many_tasks",
                        "The input file has %d requests, and the batch's job allows %d. Please split it into several batches."
                                .formatted(lines, most)));
    }

    /** What is wrong with it by its tenant's limit. In the transaction that starts it, so that no two overshoot together. */
    static Optional<PlanProblem> ofTenant(Database.Transaction transaction, PlanStore.Claimed plan, long lines) {
        Long queue = plan.bounds().queueLines();
        if (queue == null) {
            return Optional.empty();
        }
        // The tenant's row is the lock; what others had counted under it is seen by the next statement.
        transaction.run("""
                select 1 from tenant where id = (select tenant_id from batch where id = $1) for no key update""", plan.batchId());
        Row row = transaction.run("""
                select coalesce(sum(lines_total), 0)::bigint as used from batch
                where tenant_id = (select tenant_id from batch where id = $1) and id <> $1
                  and status in ('validating', 'in_progress', 'finalizing', 'cancelling')""", plan.batchId()).iterator().next();
        long used = row.getLong("used");
        if (used + lines <= queue) {
            return Optional.empty();
        }
        return Optional.of(PlanProblem.ofFile(
                "line_limit_exceeded",
                "Enqueued line limit reached. Limit: %d lines, in use: %d, this batch: %d. Please try again once some of your batches have ended."
                        .formatted(queue, used, lines)));
    }
}
