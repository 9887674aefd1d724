package dev.longhaul.finalizer.settle;

import dev.longhaul.model.StopReason;
import dev.longhaul.model.Transition;
import dev.longhaul.store.Database;
import dev.longhaul.store.Transitions;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Ends batches within a transaction: file rows, then the transitions that show them, so that a client sees both or neither. */
public final class Settlement {
    private static final String PUBLISH = """
            insert into file (id, tenant_id, filename, purpose, bytes, state, expires_at)
            select f.id, b.tenant_id, b.id || f.suffix, 'batch_output', s.bytes, 'ready',
              now() + make_interval(secs => coalesce(b.output_expires_after, $2))
            from batch b
            cross join lateral (values (b.output_ref, '_output.jsonl'), (b.error_ref, '_error.jsonl')) f (id, suffix)
            cross join lateral (select sum(bytes)::bigint as bytes from file_segment where file_id = f.id) s
            where b.id = any($1) and s.bytes is not null
            on conflict (id) do nothing""";

    private final Transitions transitions;
    private final Duration keepFiles;

    /** @param keepFiles how long a result file is kept when the tenant does not say */
    public Settlement(Transitions transitions, Duration keepFiles) {
        this.transitions = transitions;
        this.keepFiles = keepFiles;
    }

    /** Stops batches of which more lines failed than their tenants allow; their rows are locked. What nobody served is answered. */
    public void giveUp(Database.Transaction transaction, Collection<String> ids) {
        if (!ids.isEmpty()) {
            transaction.run(
                    "update batch set stop_reason = $2, stop_at = now(), paused_at = null where id = any($1)",
                    ids.toArray(String[]::new),
                    StopReason.ERROR_LIMIT.wireName());
            transitions.applyAll(transaction, ids, Transition.CANCEL);
        }
    }

    /** Ends these batches as their rows say; answers the ids of those that ended. */
    public Set<String> settle(Database.Transaction transaction, Collection<Accounted> batches) {
        Map<Ending, Set<String>> byEnding = new EnumMap<>(Ending.class);
        for (Accounted batch : batches) {
            byEnding.computeIfAbsent(batch.ending(), ending -> new HashSet<>()).add(batch.id());
        }
        byEnding.remove(Ending.NONE);
        Set<String> ended = new HashSet<>();
        byEnding.forEach((ending, ids) -> ended.addAll(end(transaction, ending, ids)));
        return ended;
    }

    private List<String> end(Database.Transaction transaction, Ending ending, Set<String> ids) {
        transaction.run(PUBLISH, ids.toArray(String[]::new), (double) keepFiles.toSeconds());
        List<Transition> steps = ending.transitions();
        for (Transition step : steps.subList(0, steps.size() - 1)) {
            transitions.applyAll(transaction, ids, step);
        }
        return transitions.endAll(transaction, ids, steps.getLast());
    }
}
