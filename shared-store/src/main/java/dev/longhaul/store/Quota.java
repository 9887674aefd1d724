package dev.longhaul.store;

/** What a tenant has only so much of. */
public enum Quota {
    /** Files stored. */
    FILES("max_files", "stored files"),
    /** Bytes of the files stored. */
    BYTES("max_bytes", "stored bytes"),
    /** Batches that have not ended. */
    BATCHES("max_batches", "enqueued batches"),
    /** Lines of batches that have not ended. */
    LINES("max_lines", "enqueued lines"),
    /** Batches created within any hour. */
    BATCHES_AN_HOUR("max_batches_an_hour", "batches created per hour");

    /** The limit of a tenant that has none. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private final String column;
    private final String words;

    Quota(String column, String words) {
        this.column = column;
        this.words = words;
    }

    /** The column of {@code tenant} with its limit. */
    String column() {
        return column;
    }

    /** What it counts, for a message. */
    public String words() {
        return words;
    }
}
