package dev.longhaul.model;

/** Kafka topic and group names, and the size of records. */
public final class Topics {
    /** Lifecycle events as CloudEvents JSON, keyed by batch id; public. */
    public static final String EVENTS = "batch.events";

    /** Hints that a slice may be claimed, keyed by slice; read as a share group. */
    public static final String SLICES = "batch.slices";

    /** Result chunks, keyed by batch id, in the partition that the batch row names. */
    public static final String RESULTS = "batch.results";

    /** The share group of the dispatchers on {@link #SLICES}. */
    public static final String SLICES_GROUP = "longhaul-dispatchers";

    /** The consumer group of the finalizers on {@link #RESULTS}. */
    public static final String RESULTS_GROUP = "longhaul-finalizers";

    /** The largest record that we write, in bytes; decision 0001 says why. */
    public static final int MAX_RECORD_BYTES = 20 * 1024 * 1024;

    private Topics() {}

    /** The dead-letter topic of a topic. */
    public static String deadLetter(String topic) {
        return topic + ".dlq";
    }
}
