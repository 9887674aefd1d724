package dev.longhaul.system;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** A planned and paused batch of one-line slices, to be released at once by resuming it. */
public final class Stock {
    private static final int LINE_BYTES = 300;
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Stock() {}

    /**
     * Creates it; cut by SQL, since the API makes no such slices.
     *
     * @param status of a stack whose dispatchers are awake; they are stopped until the batch is paused
     */
    public static Batch create(Stack.Status status, Api api, BatchRows rows, int lines) throws SQLException {
        String file = api.upload(ChatLines.ofLength(lines, LINE_BYTES).bytes());
        List<Stack.Member> dispatchers = status.members().stream()
                .filter(member -> member.name().startsWith("batch-dispatcher"))
                .toList();
        dispatchers.forEach(Signal.STOP::send);
        Batch batch;
        try {
            batch = api.create(file);
            api.pause(batch.id());
        } finally {
            dispatchers.forEach(Signal.CONT::send);
        }
        api.await(batch.id(), POLL, LIMIT, now -> now.status().equals("in_progress"));
        rows.cutIntoLines(batch.id(), lines, LINE_BYTES);
        return batch;
    }
}
