package dev.longhaul.finalizer.settle;

import dev.longhaul.model.BatchStatus;
import dev.longhaul.model.StopReason;
import io.vertx.sqlclient.Row;
import org.jspecify.annotations.Nullable;

/** A batch that has no line left without an outcome; its row is locked by the transaction that read it. */
public record Accounted(
        String id, BatchStatus status, @Nullable StopReason stop) {
    /** Reads it from the columns {@code id}, {@code status} and {@code stop_reason}. */
    public static Accounted of(Row row) {
        String stop = row.getString("stop_reason");
        return new Accounted(
                row.getString("id"),
                BatchStatus.ofWireName(row.getString("status")),
                stop == null ? null : StopReason.ofWireName(stop));
    }

    Ending ending() {
        return Ending.of(status, stop);
    }
}
