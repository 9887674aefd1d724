package dev.longhaul.system;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** A batch whose slices wait, planned and paused, to be let go all at once. */
public final class Stock {
    private static final int LINE_BYTES = 300;
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Stock() {}

    /**
     * Creates it with a slice a line, which no API does.
     *
     * @param status of a stack whose dispatchers are all awake; they sleep until the batch is paused
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
