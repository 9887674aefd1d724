package dev.longhaul.system;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Planned and paused batches of one-line slices, to be released at once by resuming them. */
public final class Stock {
    /** Slices of each batch, as many as fit an input file that is kept in PostgreSQL. */
    public static final int SLICES = 200;

    private static final int LINE_BYTES = 300;
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Stock() {}

    /**
     * Creates batches; their slices are cut by SQL, since the API makes no such slices.
     *
     * @param status of a stack whose dispatchers are awake; they are stopped until all batches are paused
     */
    public static List<Batch> create(Stack.Status status, Api api, BatchRows rows, int batches) throws SQLException {
        String file = api.upload(ChatLines.ofLength(SLICES, LINE_BYTES).bytes());
        List<Stack.Member> dispatchers = status.members().stream()
                .filter(member -> member.name().startsWith("batch-dispatcher"))
                .toList();
        List<Batch> created = new ArrayList<>();
        dispatchers.forEach(Signal.STOP::send);
        try {
            for (int i = 0; i < batches; i++) {
                Batch batch = api.create(file);
                api.pause(batch.id());
                created.add(batch);
            }
        } finally {
            dispatchers.forEach(Signal.CONT::send);
        }
        for (Batch batch : created) {
            api.await(batch.id(), POLL, LIMIT, now -> now.status().equals("in_progress"));
            rows.cutIntoLines(batch.id(), SLICES, LINE_BYTES);
        }
        return created;
    }
}
